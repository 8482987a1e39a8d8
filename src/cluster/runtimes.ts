/** What runs the containers of a cluster's nodes: simulations, or local processes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActorHost } from '../actor/index.js';
import type { SystemClock, VirtualClock } from '../clock/index.js';
import {
  createImageRegistry,
  createSimulatedRuntime,
  imageActorsOn,
  type CreateImageActor,
} from '../runtime/index.js';
import type { ImageMap } from '../runtime/images/index.js';
import type { NodesOptions } from './nodes.js';
import type { ClusterOptions } from './options.js';

export interface Runtimes {
  readonly create: NodesOptions['createRuntime'];
  /** Call it when the runtimes are closed. */
  cleanUp(): void;
}

const readImages = async (path: string | undefined): Promise<ImageMap> => {
  const { NO_IMAGES, parseImages } = await import('../runtime/images/index.js');
  if (path === undefined) return NO_IMAGES;
  try {
    return parseImages(readFileSync(path, 'utf8'), path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === undefined
      ? error
      : new Error(`the images file cannot be read: ${message}`, { cause: error });
  }
};

/** One runtime for all nodes: they share the machine. */
const processRuntimes = async (
  options: ClusterOptions,
  clock: SystemClock | VirtualClock,
  warn: (message: string) => void,
): Promise<Runtimes> => {
  const images = await readImages(options.imagesFile);
  const { createProcessRuntime } = await import('../runtime/process/index.js');
  const temporary = options.stateDir === undefined ? mkdtempSync(join(tmpdir(), 'statelet-')) : undefined;
  const stateDir = options.stateDir ?? temporary ?? '';
  const runtime = createProcessRuntime({ clock, stateDir, images, onWarning: warn });
  return {
    create: () => runtime,
    cleanUp: () => {
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    },
  };
};

const simulatedRuntimes = async (
  options: ClusterOptions,
  clock: SystemClock | VirtualClock,
  host: ActorHost,
): Promise<Runtimes> => {
  const entries = options.imagesFile === undefined ? [] : (await readImages(options.imagesFile)).entries;
  const presets = entries.filter(({ simulated }) => simulated !== undefined);
  const images = createImageRegistry({
    ...Object.fromEntries(presets.map(({ name, simulated }) => [name, simulated])),
    ...options.images,
  });
  const createImageActor = imageActorsOn(clock);
  const createActor: CreateImageActor = (logic, actor) => host.adopt(createImageActor(logic, actor));
  return {
    create: (nodeIndex, hostIp) => createSimulatedRuntime({ clock, images, nodeIndex, hostIp, createActor }),
    cleanUp: () => {},
  };
};

/** @throws {ImagesFileError} {@link PresetError} {@link ProcessRuntimeError} for what cannot work. */
export const createRuntimes = (
  options: ClusterOptions,
  clock: SystemClock | VirtualClock,
  host: ActorHost,
  warn: (message: string) => void,
): Promise<Runtimes> =>
  options.runtime === 'process'
    ? processRuntimes(options, clock, warn)
    : simulatedRuntimes(options, clock, host);
