import { prefix } from '../../settings/names.ts';
import type { Setting } from '../../settings/setting.ts';
import { defaults } from '../../settings/settings.ts';
import { table } from '../../settings/table.ts';
import { remarks } from './remarks.ts';

const head = `# Every setting

Written by \`make docs\` from \`settings/table.ts\`: change that, and run it again. What settings are for, who is told what is
wrong with them and who insists on them is in [settings.md](settings.md).

| given by | how | weaker than |
| --- | --- | --- |
| the pod's annotation | \`outrider.io/proxy-cpu: 50m\`, also in a workload's template | nothing |
| its namespace's annotation | the same | the pod's |
| the ConfigMap \`outrider-config\` in \`outrider-system\` | \`proxy-cpu: 50m\` | both |
| the default | | all |

Whoever writes an annotation of a namespace or the ConfigMap may **enforce** settings, \`outrider.io/enforced: proxy-cpu\` or
\`enforced: proxy-cpu\`: a pod below that says another value is refused, and one that says none gets the enforcer's, or the
default where the enforcer gives none. The pod's label can be enforced, too: \`inject\`.

Flags are those of \`outrider bootstrap\`, which prints a proxy's configuration, and of \`outrider-init\` where a setting is of
the rules; there \`OUTRIDER_\` and the flag's name is its variable. In a pod nobody sets flags or variables: the webhook
derives them from the settings above.
`;

/** The content of docs/settings-reference.md. */
export function renderReference(): string {
  const parts = [
    { title: 'Settings of pods', rows: table.filter(({ scope }) => scope === 'annotation') },
    { title: 'On the command line alone', rows: table.filter(({ scope }) => scope === 'command') },
  ];
  return [
    head,
    ...parts.map(({ title, rows }) => `## ${title}\n\n${rows.map(renderLink).join('\n')}\n`),
    ...parts.flatMap(({ rows }) => rows.map(renderSetting)),
  ].join('\n');
}

const renderLink = ({ key, help }: Setting): string => `- [\`${key}\`](#${key}): ${help}`;

function renderSetting(setting: Setting): string {
  const { key, scope, help } = setting;
  const { example = '', more } = remarks[key] ?? {};
  const rows =
    scope === 'annotation'
      ? [
          ['annotation', `\`${prefix}${key}\` on the pod or its namespace`],
          ['ConfigMap', `\`${key}\``],
        ]
      : [];
  const cells = [
    ...rows,
    ['flag', flagOf(setting)],
    ['value', valuesOf(setting)],
    ['default', code(setting.format(defaults[setting.field]))],
    ['can be enforced', scope === 'annotation' ? 'yes' : 'no'],
    [
      'example',
      scope === 'annotation' ? `\`${prefix}${key}: ${quoted(example)}\`` : `\`--${key} ${example}\``,
    ],
  ];
  const lines = cells.map(([name, cell]) => `| ${name} | ${cell?.replaceAll('|', '\\|')} |`);
  const text = `${help[0]?.toUpperCase()}${help.slice(1)}.${more === undefined ? '' : ` ${more}`}`;
  return `### ${key}\n\n${text}\n\n| | |\n| --- | --- |\n${lines.join('\n')}\n`;
}

function flagOf({ key, shapes }: Setting): string {
  const flag = `\`--${key}\` of \`outrider bootstrap\``;
  const variable = `OUTRIDER_${key.toUpperCase().replaceAll('-', '_')}`;
  return shapes === 'rules' ? `${flag} and \`outrider-init\`; variable \`${variable}\`` : flag;
}

/** What the parser says that it expects, of a text that is no value of any setting. */
function valuesOf({ parse }: Setting): string {
  const parsed = parse('\0');
  return parsed.ok ? 'any text' : parsed.expected;
}

const code = (text: string): string => (text === '' ? 'none' : `\`${text}\``);

/** As YAML wants it: an annotation is a text, and these would be something else. */
const quoted = (text: string): string =>
  /^[0-9.,-]+$|^(true|false|off|\*.*)$/.test(text) ? `"${text}"` : text;
