/**
 * Images of local processes: names with a command behind them. There is nothing to pull; a "pull" finds out whether
 * somebody has said what the image stands for.
 */
import { splitImage, type ImageEntry, type ImageMap } from '../images/index.js';
import type { ContainerConfig, ContainerRuntime } from '../port.js';

export interface ImageStore extends Pick<ContainerRuntime, 'isImagePresent' | 'pullImage'> {
  find(image: string): ImageEntry | undefined;
  /** The full name; without image contents there is no digest to name. */
  refOf(image: string): string;
  /** Why a container cannot be made of its image; undefined when it can. */
  problemOf(config: ContainerConfig): string | undefined;
}

const unmapped = (image: string): string =>
  `no command is known for image "${image}": map it in the images file (--images FILE) or set command in the container`;

export const createImageStore = (images: ImageMap): ImageStore => {
  const present = new Set<string>();
  const isMapped = (image: string): boolean => (images.find(image)?.command.length ?? 0) > 0;
  const refOf = (image: string): string => {
    const { repository, tag, digest } = splitImage(image);
    return digest === undefined ? `${repository}:${tag ?? 'latest'}` : `${repository}@${digest}`;
  };
  return {
    find: (image) => images.find(image),
    refOf,
    problemOf: ({ image, command }) => (command.length > 0 || isMapped(image) ? undefined : unmapped(image)),
    isImagePresent: (image) => present.has(image),
    pullImage: ({ image, hasCommand }, reply) => {
      if (!isMapped(image) && !hasCommand) return reply({ ok: false, message: unmapped(image) });
      // Without a command behind it, the next container of this image has to be asked again.
      if (isMapped(image)) present.add(image);
      reply({ ok: true, imageRef: refOf(image), sizeBytes: 0 });
    },
  };
};
