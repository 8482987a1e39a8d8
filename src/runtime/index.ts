/** Container runtimes behind one port in the shape of the CRI. */
export type * from './port.js';
export * from './simulated/index.js';

export * from './process/index.js';
export {
  createImageMap,
  ImagesFileError,
  NO_IMAGES,
  parseImages,
  type ImageEntry,
  type ImageMap,
} from './images.js';
