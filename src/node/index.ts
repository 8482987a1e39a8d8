/** The node agent: what a kubelet does. */
export { startNodeAgent, type NodeAgent, type NodeAgentOptions } from './agent.js';
export { allocatableOf, type NodeFacts, type NodeSpec } from './heartbeat/nodeObject.js';
export type { NodeServices } from './services.js';
export { podLogLines, type PodLogLines } from './podLogs.js';
export { attachToContainer, execInContainer, forwardToPod, type NodeStream } from './streams.js';
