import { IndentationText, Project, QuoteKind } from 'ts-morph';
import { isOpen } from './script-sweep.ts';
import type { JsonValue } from '@mixlab/contracts';
import type { Unknown } from '../python-value.ts';
import { laidOut, layOut } from './layout.ts';
import type { Compound, Expression, Item } from './layout.ts';
import { array, call, json, literal, member, object, propertyName, quoted, todo } from './literal.ts';
import type { Show } from './literal.ts';
import type { ScriptSweep, SweepAxis } from './script-sweep.ts';
import { spellingOf } from './spelling.ts';

/** What a module says besides the sweep itself. */
export interface SweepModule {
  /** Name of the experiment. */
  readonly name: string;
  /** The script, as somebody would look for it. */
  readonly from: string;
  /** What files are called in what is said of them. */
  readonly show: Show;
  /** Where the module of the base config is, and where that has whole floats; or why there is none. */
  readonly base: { readonly specifier: string; readonly floats: readonly string[] } | Unknown;
  /** The base config, relative to the checkout: file names are made of it. */
  readonly basePath: string | Unknown;
  /** Fields that the base config lacks, and that the sweep sets all the same. */
  readonly added: readonly (readonly [path: string, value: JsonValue])[];
  /** Whether the sweep may set what nothing reads. */
  readonly keepDefects: boolean;
}

/** The `*.config.ts` of a sweep: an experiment over the schema of its base config, with the same grid. */
export function renderSweep(sweep: ScriptSweep, module: SweepModule): string {
  const project = new Project({
    useInMemoryFileSystem: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  });
  const file = project.createSourceFile('sweep.config.ts');
  const { added, base, from, show } = module;
  const isExtended = added.length > 0 && 'specifier' in base;
  const define = `defineOpenMixupSweep(${isExtended ? 'extended' : 'base'}, ${laidOut(withFloats(object(options(sweep, module)), base))})`;
  const text = `${define}(${laidOut(object(fields(sweep, module)))})`;
  const missing =
    'specifier' in base ? '' : `const base = ${layOut(todo(base, show), 0, 'const base = '.length, 1)};`;
  const used = ['defineOpenMixupSweep', 'todo', 'vary'].filter((name) =>
    `${missing}${text}`.includes(`${name}(`),
  );
  file.addImportDeclaration({ moduleSpecifier: '@mixlab/dsl', namedImports: used });
  if ('specifier' in base) {
    file.addImportDeclaration({
      moduleSpecifier: base.specifier,
      defaultImport: 'base',
      namedImports: ['floats'],
    });
  }
  if (missing !== '') file.addStatements(`\n${missing}`);
  if (isExtended) {
    const lines = [
      '// Fields that the base config lacks.',
      `const extended = ${laidOut(extended('base', added))};`,
    ];
    file.addStatements(['', ...lines].join('\n'));
  }
  file.addStatements(`\nexport default ${text};`);
  return `// The sweep of ${from}, read by \`mixlab import\`: this file is yours to edit.\n${file.getFullText()}`;
}

/** The options with what the module of the base config says of its floats. */
function withFloats(options: Compound, base: SweepModule['base']): Compound {
  return 'specifier' in base ? { ...options, items: [['', 'floats'], ...options.items] } : options;
}

type Field = readonly [name: string, value: Expression];

/** `{ ...base, optimizer: { ...base.optimizer, nesterov: true } }` */
function extended(base: string, added: SweepModule['added']): Compound {
  const fields = new Set(added.map(([path]) => path.split('.', 1)[0] as string));
  const items = Array.from(fields, (field): Item => {
    const inside = added.filter(([path]) => path === field || path.startsWith(`${field}.`));
    const own = inside.find(([path]) => path === field);
    const below = inside.map(([path, value]) => [path.slice(field.length + 1), value] as const);
    return [`${propertyName(field)}: `, own ? json(own[1]) : extended(member(base, field), below)];
  });
  return { open: '{', items: [['', `...${base}`], ...items], close: '}', padded: true };
}

/** How OpenMixup's generator names the files, and whether its defects are kept. */
function options(sweep: ScriptSweep, { base, basePath, keepDefects, show }: SweepModule): Field[] {
  const { folders, parameters, abbreviations } = sweep;
  const words = Object.entries(abbreviations).map(([word, short]): Field => [word, quoted(short)]);
  const spelling = [...known(folders), ...known(parameters)].flatMap(({ path, values }): Field[] => {
    const place = `/${path.replaceAll('.', '/')}`;
    const areFloats =
      !isOpen(base) && base.floats.some((float) => float === place || float.startsWith(`${place}/`));
    const spelt = isOpen(values) ? [] : spellingOf(values, areFloats);
    return spelt.length > 0 ? [[path, object(spelt.map(([json, text]) => [json, quoted(text)]))]] : [];
  });
  const names: Field[] = [
    ['base', isOpen(basePath) ? todo(basePath, show) : quoted(basePath)],
    ['folders', array(known(folders).map(({ path }) => quoted(path)))],
    ...(words.length > 0 ? [['abbreviations', object(words)] as const] : []),
    ...(spelling.length > 0 ? [['spelling', object(spelling)] as const] : []),
  ];
  return [['names', object(names)], ...(keepDefects ? [['keepDefects', 'true'] as const] : [])];
}

function fields({ folders, parameters, devices }: ScriptSweep, { name, show }: SweepModule): Field[] {
  const gpus = isOpen(devices.value) ? todo(devices.value, show) : String(devices.value);
  const unknown = [folders, parameters].filter(isOpen).map((grid) => todo(grid, show));
  return [
    ['name', quoted(name)],
    ...known(folders).map((axis) => axisField(axis, show)),
    ...known(parameters).map((axis) => axisField(axis, show)),
    ...unknown.map((grid, at): Field => [`todo${at + 1}`, grid]),
    ['launch', object([['gpusPerRun', gpus]])],
  ];
}

function axisField({ path, values }: SweepAxis, show: Show): Field {
  return [
    path,
    isOpen(values)
      ? todo(values, show)
      : call(
          'vary',
          values.map((value) => literal(value, show)),
        ),
  ];
}

function known(axes: ScriptSweep['folders']): readonly SweepAxis[] {
  return isOpen(axes) ? [] : axes;
}
