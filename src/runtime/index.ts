/**
 * Container runtimes behind one port in the shape of the CRI.
 *
 * Local processes (`process/`) and the images file (`images.ts`) are imported by those who need them: a simulation
 * should load neither child processes nor a YAML parser.
 */
export type * from './port.js';
export * from './simulated/index.js';
export { ImagesFileError } from './images/imagesFileError.js';
