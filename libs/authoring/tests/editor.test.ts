import { join, resolve } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { compilerOptions } from '../src/program.ts';

/** What TypeScript's own server says to an editor, of files that are held in memory and checked together. */

const root = resolve(import.meta.dirname, '../../..');
const CURSOR = '‸';

const completions: Record<string, readonly [text: string, some: readonly string[]]> = {
  methods: [experiment({ mixMode: 'mix.‸' }), ['cutmix', 'mixup', 'puzzlemix', 'oneOf']],
  parameters: [experiment({ mixMode: 'mix.cutmix({ ‸ })' }), ['alpha', 'perSample']],
  backbones: [experiment({ backbone: "'‸'" }), ['resnet50', 'deit_small_patch16_224', 'resnet26d']],
  'backbones that vary': [experiment({ backbone: "vary('resnet18', '‸')" }), ['resnet50']],
  recipes: [experiment({ recipe: 'recipes.‸' }), ['cifar', 'rsbA3', 'deitSmall']],
  datasets: [experiment({}, 'dataset: datasets.‸'), ['cifar10', 'imagenet']],
  fields: [
    experiment({}, "'‸': 1"),
    ['batchSize', 'optimizer.lr', 'schedule.warmupEpochs', 'inputs.cropArea'],
  ],
  'fields of an object': [experiment({}, 'optimizer: { ‸ }'), ['lr', 'momentum', 'weightDecay']],
  'values of a field': [experiment({}, "precision: '‸'"), ['fp32', 'bf16']],
  'values that vary': [experiment({}, "'optimizer.name': vary('‸')"), ['sgd', 'lamb']],
  'fields in together': [
    experiment({}, "...together({ '‸': 1, batchSize: 2 }, { batchSize: 4 })"),
    ['optimizer.lr', 'seed'],
  ],
  'axes in when': [experiment({}, '', '.when({ ‸ }, {})'), ['backbone', 'mixMode']],
  'values in when': [experiment({}, '', ".when({ backbone: '‸' }, {})"), ['resnet18', 'resnet50']],
  'fields in when': [
    experiment({}, '', ".when({ backbone: 'resnet18' }, { '‸': 1 })"),
    ['optimizer.lr', 'batchSize'],
  ],
  'axes in exclude': [experiment({}, '', '.exclude({ ‸ })'), ['backbone', 'mixMode']],
};

const hovers: Record<string, readonly [text: string, name: string]> = {
  'a parameter': [experiment({ mixMode: 'mix.cutmix({ al‸pha: 1 })' }), 'alpha'],
  'a field': [experiment({}, 'max‸Epochs: 100'), 'maxEpochs'],
  'a field of an object': [experiment({}, 'schedule: { warm‸upEpochs: 5 }'), 'warmupEpochs'],
};

/** What goes wrong most often. */
const errors: Record<string, string> = {
  'a field with a typo': experiment({}, 'maxEpoch: 100'),
  'a path with a typo': experiment({}, "'optimizer.lrr': 0.1"),
  'text for a number': experiment({}, "maxEpochs: '100'"),
  'a backbone with a typo': experiment({ backbone: "'resnet5O'" }),
  'a method with a typo': experiment({ mixMode: 'mix.cutmxi()' }),
  'a parameter with a typo': experiment({ mixMode: 'mix.cutmix({ alhpa: 1 })' }),
  'a name for a method': experiment({ mixMode: "'cutmix'" }),
  'a value that is none of a few': experiment({}, "precision: 'fp8'"),
  'seeds that vary': experiment({}, 'seed: vary(1, 2)'),
  'TransMix on ResNets': experiment({ mixMode: 'mix.transmix()' }),
  'an axis with a typo': experiment({}, '', ".exclude({ backbon: 'resnet18' })"),
  'a value that an axis does not take': experiment({}, '', ".exclude({ backbone: 'resnet19' })"),
  'no name': experiment({}).replace("name: 'editor', ", ''),
};

let service: ts.LanguageService;
const texts = new Map<string, string>();

beforeAll(() => {
  const all = { ...texted(completions, ([text]) => text), ...texted(hovers, ([text]) => text), ...errors };
  for (const [what, text] of Object.entries(all)) texts.set(fileOf(what), text);
  const host: ts.LanguageServiceHost = {
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => compilerOptions as ts.CompilerOptions,
    getScriptFileNames: () => [...texts.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const text = texts.get(path)?.replace(CURSOR, '') ?? ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => texts.has(path) || ts.sys.fileExists(path),
    readFile: (path) => texts.get(path) ?? ts.sys.readFile(path),
  };
  service = ts.createLanguageService(host);
});

describe('an editor', () => {
  it.each(Object.entries(completions))('completes %s', (what, [text, some]) => {
    const { entries = [] } = service.getCompletionsAtPosition(fileOf(what), text.indexOf(CURSOR), {}) ?? {};
    expect(entries.map(({ name }) => name.replace(/^['"]|['"]$/g, ''))).toEqual(
      expect.arrayContaining([...some]),
    );
  });

  it('shows what a field is for, its range and its default', () => {
    const shown = Object.entries(hovers).map(([what, [text, name]]) => {
      const info = service.getQuickInfoAtPosition(fileOf(what), text.indexOf(CURSOR));
      const type = ts.displayPartsToString(info?.displayParts);
      expect(type).toContain(name);
      return `${what}: ${ts.displayPartsToString(info?.documentation)}`;
    });
    expect(shown.join('\n')).toMatchInlineSnapshot(`
      "a parameter: lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: \`1\`.
      a field: Length of the training. Range: > 0 and ≤ 1000000.
      a field of an object: "
    `);
  });

  it('says first what is wrong with which field', () => {
    const said = Object.keys(errors).map((what) => {
      const [first] = service.getSemanticDiagnostics(fileOf(what));
      const text = first
        ? ts.flattenDiagnosticMessageText(first.messageText, '\n').split('\n')[0]
        : 'nothing';
      const marked =
        first &&
        service
          .getProgram()!
          .getSourceFile(fileOf(what))!
          .text.slice(first.start, first.start! + first.length!);
      return `${what}, at ${marked?.split('\n')[0]}\n    ${text!.length > 300 ? `${text!.slice(0, 300)}…` : text}`;
    });
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "a field with a typo, at maxEpoch
          Object literal may only specify known properties, but 'maxEpoch' does not exist in type 'AuthoredExperiment'. Did you mean to write 'maxEpochs'?
      a path with a typo, at 'optimizer.lrr'
          Object literal may only specify known properties, and ''optimizer.lrr'' does not exist in type 'AuthoredExperiment'.
      text for a number, at maxEpochs
          Type 'string' is not assignable to type 'Value<number, "varied">'.
      a backbone with a typo, at backbone
          Type '"resnet5O"' is not assignable to type 'Value<Backbone, "varied">'. Did you mean '"resnet50"'?
      a method with a typo, at cutmxi
          Property 'cutmxi' does not exist on type 'Mix'. Did you mean 'cutmix'?
      a parameter with a typo, at alhpa
          Object literal may only specify known properties, but 'alhpa' does not exist in type 'Params<CutMixParams>'. Did you mean to write 'alpha'?
      a name for a method, at mixMode
          Type 'string' is not assignable to type 'Value<AdAutoMix | AlignMix | AttentiveMix | AutoMix | CoMixup | CutMix | DecoupleMix | DeiT | ... 20 more ... | AuthoredOneOf, "varied">'.
      a value that is none of a few, at precision
          Type '"fp8"' is not assignable to type 'Value<"fp32" | "tf32" | "fp16" | "bf16", "varied">'.
      seeds that vary, at seed
          Type 'Vary<1 | 2, unknown>' is not assignable to type 'number | UseTrialsForMoreSeeds'.
      TransMix on ResNets, at backbone
          Type 'Vary<"resnet18" | "resnet50", Backbone>' has no properties in common with type 'ThisMethodReadsTheAttentionOfATransformer'.
      an axis with a typo, at backbon
          Object literal may only specify known properties, but 'backbon' does not exist in type 'Condition<{ readonly axes: AxesOf<{ readonly name: "editor"; readonly recipe: Recipe; readonly backbone: Vary<"resnet18" | "resnet50", Backbone>; readonly mixMode: Vary<Made<"vanilla", Readonly<Record<...>>> | Ma…
      a value that an axis does not take, at backbone
          Type '"resnet19"' is not assignable to type 'OneOrMore<"resnet18" | "resnet50">'. Did you mean '"resnet18"'?
      no name, at {
          Argument of type '{ recipe: Recipe; backbone: Vary<"resnet18" | "resnet50", Backbone>; mixMode: Vary<Made<"vanilla", Readonly<Record<never, never>>> | Made<...>, ({ ...; } & { ...; }) | ... 27 more ... | ({ ...; } & { ...; })>; }' is not assignable to parameter of type 'AuthoredExperiment'."
    `);
  });
});

function texted<T>(entries: Record<string, T>, text: (entry: T) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([what, entry]) => [what, text(entry)]));
}

function fileOf(what: string): string {
  return join(root, 'configs', `${what}.config.ts`);
}

function experiment(fields: Record<string, string>, more = '', steps = ''): string {
  const { recipe, backbone, mixMode } = {
    recipe: 'recipes.cifar',
    backbone: `vary('resnet18', 'resnet50')`,
    mixMode: 'vary(mix.vanilla(), mix.cutmix({ alpha: 1 }))',
    ...fields,
  };
  return `import { datasets, defineExperiment, mix, recipes, together, vary } from '@mixlab/dsl';
export default defineExperiment({
  name: 'editor', recipe: ${recipe},
  backbone: ${backbone},
  mixMode: ${mixMode},
  ${more}
})${steps};
`;
}
