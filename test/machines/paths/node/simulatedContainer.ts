import { simulatedContainerMachine } from '../../../../machines/index.js';
import { planFor } from '../plan.js';

const server = { failsAfterMs: 60_000, recoversAfterMs: 30_000 };

export const paths = planFor(simulatedContainerMachine)({
  inputs: {
    'at once': {},
    slow: { startsAfterMs: 5_000, terminatesAfterMs: 2_000 },
    'deaf, and ends by itself': { ignoresSigterm: true, exitsAfterMs: 10_000, exitCode: 3 },
    hangs: { hangsAfterMs: 10_000, startsAfterMs: 1_000 },
    'servers fail and recover': { http: server, tcp: { ...server, failsAfterMs: 45_000 } },
    'fails after two requests': { http: { failsAfterRequests: 2 } },
  },
  events: () => [
    { type: 'http.requested' },
    { type: 'tcp.connected' },
    { type: 'exec.requested' },
    { type: 'signal.received' },
  ],
  abstraction: ({ context }) => Math.min(context.requestsServed, 3),
  states: {
    'live.starting': {
      holds: { 'it takes its time': ({ context }) => (context.preset.startsAfterMs ?? 0) > 0 },
    },
    'live.running': { asked: { 'process.exited': 0 } },
    'live.running.http.serving': {
      holds: {
        'it has not answered more than it can': ({ context }) =>
          context.requestsServed <= (context.preset.http?.failsAfterRequests ?? Infinity),
      },
    },
    'live.running.http.failing': {
      holds: { 'it may fail': ({ context }) => context.preset.http !== undefined },
    },
    'live.running.http.recovered': {
      holds: { 'it may recover': ({ context }) => context.preset.http?.recoversAfterMs !== undefined },
    },
    'live.running.tcp.accepting': {},
    'live.running.tcp.refusing': {
      holds: { 'it may fail': ({ context }) => context.preset.tcp !== undefined },
    },
    'live.running.tcp.recovered': {},
    hanging: { pending: [], asked: { 'process.exited': 0 } },
    stopping: { pending: ['terminatesAfterMs'], asked: { 'process.exited': 0 } },
    exited: { pending: [], asked: { 'process.exited': 1 } },
  },
});
