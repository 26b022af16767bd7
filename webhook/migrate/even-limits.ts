import { prefix } from '../../settings/names.ts';
import { parseQuantity, type Quantity } from '../../settings/quantity.ts';
import { defaults } from '../../settings/settings.ts';

/** An annotation that has to stand beside another one, `from`. */
interface Evened {
  readonly key: string;
  readonly text: string;
  readonly from: string;
}

const pairs = [
  {
    request: 'proxy-cpu',
    limit: 'proxy-cpu-limit',
    asked: defaults.proxyCpu,
    most: defaults.proxyCpuLimit,
  },
  {
    request: 'proxy-memory',
    limit: 'proxy-memory-limit',
    asked: defaults.proxyMemory,
    most: defaults.proxyMemoryLimit,
  },
] as const;

/**
 * Other meshes drop their defaults where a request or a limit is given alone; ours stay, and a request above its limit
 * would be refused. There the one that is not given follows the other. `given`: the text of an annotation, if any.
 */
export function evenLimits(given: (annotation: string) => string | undefined): Evened[] {
  return pairs.flatMap(({ request, limit, asked, most }) => {
    const [one, other] = [given(`${prefix}${request}`), given(`${prefix}${limit}`)];
    if ((one === undefined) === (other === undefined)) return [];
    if (sizeOf(one, asked) <= sizeOf(other, most)) return [];
    const [key, source] = one === undefined ? [request, limit] : [limit, request];
    return [{ key: `${prefix}${key}`, text: one ?? other ?? '', from: `${prefix}${source}` }];
  });
}

function sizeOf(text: string | undefined, otherwise: Quantity): number {
  const parsed = text === undefined ? undefined : parseQuantity(text);
  return parsed?.ok ? parsed.value.value : otherwise.value;
}
