import { KubeConfig, type RequestContext } from '@kubernetes/client-node';

/** The client itself waits five minutes for an answer, and longer for one that has begun. */
const longestRequest = 10_000;

/** A KubeConfig whose clients wait for no answer longer than ten seconds: the way to the API server may be cut. */
export class BoundedConfig extends KubeConfig {
  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    context.setSignal(AbortSignal.timeout(longestRequest));
  }
}
