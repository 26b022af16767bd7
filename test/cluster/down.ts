import { lowerCluster } from './cluster.ts';

// Removes what up.ts raised, whoever ran it and whatever became of it since.
await lowerCluster();
