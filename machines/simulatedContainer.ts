/**
 * The process in a simulated container whose image is a preset with something that happens in time (or after some
 * requests): it starts, serves, fails, recovers, hangs, shuts down and exits.
 *
 * What a probe gets is read from the tags of the states (src/runtime/simulated/protocol.ts). Not here: exit by SIGKILL,
 * which no process notices, and presets in which nothing ever changes, which need no actor.
 *
 * A delay of `Infinity` never passes.
 */
import { assign, emit, setup } from 'xstate';

/** Moments in milliseconds; an absent one never comes. Those without other words count from the start. */
export interface SimulatedContainerInput {
  readonly startsAfterMs?: number | undefined;
  readonly exitsAfterMs?: number | undefined;
  readonly hangsAfterMs?: number | undefined;
  /** From SIGTERM. */
  readonly terminatesAfterMs?: number | undefined;
  readonly ignoresSigterm?: boolean | undefined;
  /** Of a process that ends by itself. */
  readonly exitCode?: number | undefined;
  readonly http?: SimulatedServerInput | undefined;
  readonly tcp?: SimulatedServerInput | undefined;
}
export interface SimulatedServerInput {
  readonly failsAfterMs?: number | undefined;
  /** Requests that succeed before it fails. */
  readonly failsAfterRequests?: number | undefined;
  /** From the moment it failed. */
  readonly recoversAfterMs?: number | undefined;
}

export interface SimulatedContainerContext {
  readonly preset: SimulatedContainerInput;
  readonly requestsServed: number;
}

export type SimulatedContainerEvent =
  | { readonly type: 'http.requested' }
  | { readonly type: 'tcp.connected' }
  | { readonly type: 'exec.requested' }
  | { readonly type: 'signal.received' };

type Delay = { readonly context: SimulatedContainerContext };

/** 128 + 15: how a process that SIGTERM ends is reported. */
const SIGTERM_EXIT_CODE = 143;

const startsAfterMs = (context: SimulatedContainerContext): number => context.preset.startsAfterMs ?? 0;

/** Time left until a server fails, from the moment it begins to serve. */
const remainingMs = (context: SimulatedContainerContext, failsAfterMs: number = Infinity): number =>
  Math.max(0, failsAfterMs - startsAfterMs(context));

export const simulatedContainerMachine = setup({
  types: {} as {
    context: SimulatedContainerContext;
    input: SimulatedContainerInput;
    events: SimulatedContainerEvent;
    emitted: { type: 'process.exited'; exitCode: number };
    tags: 'notListening' | 'hanging' | 'http.failing' | 'tcp.failing';
  },
  delays: {
    startsAfterMs: ({ context }: Delay) => startsAfterMs(context),
    exitsAfterMs: ({ context }: Delay) => context.preset.exitsAfterMs ?? Infinity,
    hangsAfterMs: ({ context }: Delay) => context.preset.hangsAfterMs ?? Infinity,
    terminatesAfterMs: ({ context }: Delay) => context.preset.terminatesAfterMs ?? 0,
    httpFailsAfterMs: ({ context }: Delay) => remainingMs(context, context.preset.http?.failsAfterMs),
    httpRecoversAfterMs: ({ context }: Delay) => context.preset.http?.recoversAfterMs ?? Infinity,
    tcpFailsAfterMs: ({ context }: Delay) => remainingMs(context, context.preset.tcp?.failsAfterMs),
    tcpRecoversAfterMs: ({ context }: Delay) => context.preset.tcp?.recoversAfterMs ?? Infinity,
  },
  guards: {
    startsAtOnce: ({ context }) => startsAfterMs(context) === 0,
    terminatesAtOnce: ({ context }) => (context.preset.terminatesAfterMs ?? 0) === 0,
    ignoresSigterm: ({ context }) => context.preset.ignoresSigterm === true,
    requestsExhausted: ({ context }) =>
      context.requestsServed >= (context.preset.http?.failsAfterRequests ?? Infinity),
  },
  actions: {
    countRequest: assign({ requestsServed: ({ context }) => context.requestsServed + 1 }),
    reportOwnExit: emit(({ context }) => ({
      type: 'process.exited' as const,
      exitCode: context.preset.exitCode ?? 0,
    })),
    reportExitBySigterm: emit({ type: 'process.exited', exitCode: SIGTERM_EXIT_CODE }),
  },
}).createMachine({
  id: 'simulatedContainer',
  description: 'The process in a simulated container, as its preset tells it.',
  context: ({ input }) => ({ preset: input, requestsServed: 0 }),
  initial: 'live',
  states: {
    live: {
      description: 'The process hears signals and may end by itself.',
      initial: 'starting',
      after: {
        hangsAfterMs: { target: 'hanging', description: 'It stops doing anything at all.' },
        exitsAfterMs: { target: 'exited', actions: 'reportOwnExit', description: 'Its work is done.' },
      },
      on: {
        'signal.received': [
          { guard: 'ignoresSigterm', description: 'Only SIGKILL will end it.' },
          { guard: 'terminatesAtOnce', target: 'exited', actions: 'reportExitBySigterm' },
          { target: 'stopping' },
        ],
      },
      states: {
        starting: {
          description: 'The process runs, and does not listen yet: no probe can succeed.',
          tags: 'notListening',
          always: { guard: 'startsAtOnce', target: 'running' },
          after: { startsAfterMs: 'running' },
        },
        running: {
          description: 'The process does its work; what it answers over HTTP and over TCP changes apart.',
          type: 'parallel',
          states: {
            http: {
              description: 'Its HTTP server.',
              initial: 'serving',
              states: {
                serving: {
                  description: 'Requests succeed, and are counted.',
                  after: { httpFailsAfterMs: 'failing' },
                  on: {
                    'http.requested': [
                      {
                        guard: 'requestsExhausted',
                        target: 'failing',
                        description: 'This one fails already.',
                      },
                      { actions: 'countRequest' },
                    ],
                  },
                },
                failing: {
                  description: 'Requests get the failing status.',
                  tags: 'http.failing',
                  after: { httpRecoversAfterMs: 'recovered' },
                },
                recovered: { description: 'Serves again, for good.' },
              },
            },
            tcp: {
              description: 'Its other ports.',
              initial: 'accepting',
              states: {
                accepting: {
                  description: 'Connections are accepted.',
                  after: { tcpFailsAfterMs: 'refusing' },
                },
                refusing: {
                  description: 'Connections are refused.',
                  tags: 'tcp.failing',
                  after: { tcpRecoversAfterMs: 'recovered' },
                },
                recovered: { description: 'Accepts connections again, for good.' },
              },
            },
          },
        },
      },
    },
    hanging: {
      description: 'Connections are accepted and never answered; SIGTERM is not heard.',
      tags: 'hanging',
    },
    stopping: {
      description: 'SIGTERM came: the process has closed its ports and is finishing.',
      tags: 'notListening',
      on: { 'signal.received': { description: 'Told twice, it does not stop sooner.' } },
      after: { terminatesAfterMs: { target: 'exited', actions: 'reportExitBySigterm' } },
    },
    exited: { description: 'The process has ended, and its exit code was reported.', type: 'final' },
  },
});
