import { expect } from 'chai';
import { parseResourceName } from '../../../webhook/offline/resource-name.ts';

describe('the name of an object in a cluster', () => {
  for (const [text, apiVersion, kind, name] of [
    ['pod/web-1', 'v1', 'Pod', 'web-1'],
    ['web-1', 'v1', 'Pod', 'web-1'],
    ['po/web-1', 'v1', 'Pod', 'web-1'],
    ['Deployment/web', 'apps/v1', 'Deployment', 'web'],
    ['deployments/web', 'apps/v1', 'Deployment', 'web'],
    ['deploy/web', 'apps/v1', 'Deployment', 'web'],
    ['sts/db', 'apps/v1', 'StatefulSet', 'db'],
    ['ds/agent', 'apps/v1', 'DaemonSet', 'agent'],
    ['rs/web-5', 'apps/v1', 'ReplicaSet', 'web-5'],
    ['rc/web', 'v1', 'ReplicationController', 'web'],
    ['job/import', 'batch/v1', 'Job', 'import'],
    ['cj/report', 'batch/v1', 'CronJob', 'report'],
    ['podtemplate/web', 'v1', 'PodTemplate', 'web'],
  ] as const) {
    it(`is read from ${text}`, () => {
      expect(parseResourceName(text)).to.deep.equal({ ok: true, resource: { apiVersion, kind, name } });
    });
  }

  for (const [text, problem] of [
    [
      'service/web',
      'service/web: "service" is not valid: expected one of pod, podtemplate, replicationcontroller, replicaset, deployment, statefulset, daemonset, job, cronjob',
    ],
    ['pod/', 'pod/: is not valid: expected a kind and a name, such as deployment/web'],
    ['pod/a/b', 'pod/a/b: is not valid: expected a kind and a name, such as deployment/web'],
  ] as const) {
    it(`is refused: ${text}`, () => {
      expect(parseResourceName(text)).to.deep.equal({ ok: false, problem });
    });
  }
});
