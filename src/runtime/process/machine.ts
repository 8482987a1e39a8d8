/** What this machine is, in the words of a Node object. */
import { readFileSync } from 'node:fs';
import { arch, release, type } from 'node:os';
import type { MachineInfo } from '../port.js';

/** Go's names of architectures, where they differ from Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** `PRETTY_NAME` of os-release(5); elsewhere the name of the system. */
const osImage = (): string => {
  try {
    const [, name] = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
    return name ?? type();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return type();
  }
};

export const machineInfo = (): MachineInfo => ({
  architecture: ARCHITECTURES[arch()] ?? arch(),
  kernelVersion: release(),
  osImage: osImage(),
});
