/**
 * Simulated images by name: actor logic or presets. One registry serves all nodes of a cluster.
 *
 * A name is looked up as written, then without its tag or digest; `docker.io/` and `library/` in front do not matter.
 * An image that nobody registered runs for ever and passes its probes.
 */
import type { AnyActorLogic } from 'xstate';
import { changesOverTime, parsePreset, type ImagePreset, type Preset } from './preset.js';

/** What a user registers: data, or actor logic that speaks src/runtime/simulated/protocol.ts. */
export type ImageDefinition = ImagePreset | AnyActorLogic;

export interface SimulatedImage {
  readonly preset: Preset;
  /** Started once per container; absent where nothing changes over time. */
  readonly logic?: AnyActorLogic | 'preset' | undefined;
}

/** An image as a pod names it. */
export interface NamedImage extends SimulatedImage {
  /** As {@link imageRefOf}. */
  readonly imageRef: string;
}

export interface ImageRegistry {
  find(image: string): NamedImage;
}

const UNKNOWN_IMAGE: SimulatedImage = { preset: {} };

/** The repository with its registry made plain: `docker.io/library/nginx` and `nginx` are one. */
const plainName = (image: string): string =>
  image.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '');

/** Without tag and digest; a port in the registry's name is no tag. */
const withoutTag = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

export const isActorLogic = (definition: unknown): definition is AnyActorLogic =>
  typeof definition === 'object' &&
  definition !== null &&
  'transition' in definition &&
  typeof definition.transition === 'function' &&
  'getInitialSnapshot' in definition;

/**
 * Checks and registers images.
 *
 * @throws {PresetError} naming the image and the field that is wrong.
 */
export const createImageRegistry = (definitions: Readonly<Record<string, unknown>> = {}): ImageRegistry => {
  const images = new Map<string, SimulatedImage>();
  for (const [name, definition] of Object.entries(definitions)) {
    images.set(plainName(name), compile(definition, `images[${JSON.stringify(name)}]`));
  }
  const found = new Map<string, NamedImage>();
  return {
    find: (image) => {
      let match = found.get(image);
      if (match === undefined) {
        const plain = plainName(image);
        const known = images.get(plain) ?? images.get(withoutTag(plain)) ?? UNKNOWN_IMAGE;
        match = { ...known, imageRef: imageRefOf(image) };
        found.set(image, match);
      }
      return match;
    },
  };
};

const compile = (definition: unknown, path: string): SimulatedImage => {
  if (isActorLogic(definition)) return { preset: {}, logic: definition };
  const preset = parsePreset(definition, path);
  return changesOverTime(preset) ? { preset, logic: 'preset' } : { preset };
};

/** The reference of an image as a runtime reports it: `docker.io/library/nginx@sha256:…`, made from its name. */
export const imageRefOf = (image: string): string => {
  const name = withoutTag(plainName(image));
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const repository = hasRegistry ? name : `docker.io/${rest.length === 0 ? 'library/' : ''}${name}`;
  let digest = '';
  for (let part = 0; part < 8; part += 1) digest += hash32(`${part}:${plainName(image)}`);
  return `${repository}@sha256:${digest}`;
};

/** FNV-1a, 32 bits, as 8 hexadecimal digits: a stand-in for a digest, the same in every run. */
export const hash32 = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
};
