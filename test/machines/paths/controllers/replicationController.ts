import { replicationControllerMachine } from '../../../../machines/index.js';
import { replicasPlan } from './replicaSet.js';

export const paths = replicasPlan(replicationControllerMachine);
