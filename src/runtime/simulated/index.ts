/** Simulated containers: presets and actor logic on the cluster's clock. */
export { createSimulatedRuntime, type SimulatedRuntime, type SimulatedRuntimeOptions } from './runtime.js';
export { createImageRegistry, type ImageDefinition, type ImageRegistry } from './images.js';
export { parsePreset, type ImagePreset, type Preset } from './preset.js';
export { PresetError } from './presetFields.js';
export type { PodKey, RuntimeFaults } from './faults.js';
export { imageActorsOn, type CreateImageActor } from './imageActor.js';
export type { ImageAnswer, ImageEmitted, ImageEvent, ImageInput, ImageTag } from './protocol.js';
