import { isObject, type JsonObject, objectOf, objectsOf } from '../../../webhook/admission/json.ts';
import { valueAt } from '../../../webhook/admission/pod-holders.ts';

/** What RBAC lets an account do, in its smallest part: taking it away takes nothing else. */
export interface Right {
  /** Of the ServiceAccount. */
  readonly account: string;
  readonly verb: string;
  /** With its group: `secrets`, `deployments.apps`. */
  readonly resource: string;
  /** Absent where all objects of the resource are meant. */
  readonly name?: string;
  /** Absent where all namespaces are meant. */
  readonly namespace?: string;
}

/** A Role or ClusterRole, with the account that it is bound to. */
export interface Granted {
  readonly account: string;
  readonly role: JsonObject;
}

/** Such as `outrider-webhook: get secrets/one in outrider-system`. */
export function textOf({ account, verb, resource, name, namespace }: Right): string {
  const object = name === undefined ? resource : `${resource}/${name}`;
  return `${account}: ${verb} ${object}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const nameOf = (object: JsonObject): string => String(valueAt(object, ['metadata', 'name']));
const namespaceOf = (object: JsonObject): unknown => valueAt(object, ['metadata', 'namespace']);

/** The roles among the objects that are bound to service accounts, once for each account. */
export function grantedBy(objects: readonly JsonObject[]): readonly Granted[] {
  return objects
    .filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
    .flatMap((binding) => {
      const { kind, name } = objectOf(binding.roleRef);
      const role = objects.find(
        (one) =>
          one.kind === kind &&
          nameOf(one) === name &&
          (kind === 'ClusterRole' || namespaceOf(one) === namespaceOf(binding)),
      );
      if (role === undefined)
        throw new Error(`${binding.kind}/${nameOf(binding)} is bound to no role of ours`);
      return objectsOf(binding.subjects).map((subject) => ({ account: String(subject.name), role }));
    });
}

export function rightsOf({ account, role }: Granted): readonly Right[] {
  const namespace = namespaceOf(role);
  return objectsOf(role.rules).flatMap((rule) =>
    texts(rule.apiGroups).flatMap((group) =>
      texts(rule.resources).flatMap((resource) =>
        (texts(rule.resourceNames).length > 0 ? texts(rule.resourceNames) : [undefined]).flatMap((name) =>
          texts(rule.verbs).map((verb) => ({
            account,
            verb,
            resource: group === '' ? resource : `${resource}.${group}`,
            ...(name !== undefined && { name }),
            ...(typeof namespace === 'string' && { namespace }),
          })),
        ),
      ),
    ),
  );
}

/** The rules of the role without the one right: all others stay. */
export function rulesWithout(granted: Granted, right: Right): readonly object[] {
  return rightsOf(granted)
    .filter((one) => textOf(one) !== textOf(right))
    .map(({ verb, resource, name }) => {
      const [kind = '', ...group] = resource.split('.');
      return {
        ...{ apiGroups: [group.join('.')], resources: [kind], verbs: [verb] },
        ...(name !== undefined && { resourceNames: [name] }),
      };
    });
}

/** Where the API server has the role. */
export function pathOf(role: JsonObject): string {
  const namespace = namespaceOf(role);
  const all = typeof namespace === 'string' ? `namespaces/${namespace}/roles` : 'clusterroles';
  return `/apis/rbac.authorization.k8s.io/v1/${all}/${nameOf(role)}`;
}

export const isRbac = (object: unknown): object is JsonObject =>
  isObject(object) && /^(ServiceAccount|(Cluster)?Role(Binding)?)$/.test(String(object.kind));
