import { join, resolve } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { compilerOptions } from '../src/program.ts';

/** What TypeScript's own server says to an editor, of files that are held in memory and checked together. */

const root = resolve(import.meta.dirname, '../../..');
const CURSOR = '‸';

const completions: Record<
  string,
  readonly [text: string, some: readonly string[], others?: readonly string[]]
> = {
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
  'fields where nothing is wrong and nothing begun': [
    experiment({}, '‸'),
    ['batchSize', 'optimizer.lr', 'schedule.warmupEpochs', 'trials'],
  ],
  'fields of nothing': [
    experiment({}).replace(/defineExperiment\(\{[^]*\}\)/, 'defineExperiment({ ‸ })'),
    ['name', 'backbone', 'optimizer.lr', 'trials'],
  ],
  'fields of an object': [experiment({}, 'optimizer: { ‸ }'), ['lr', 'momentum', 'weightDecay']],
  'values of a field': [experiment({}, "precision: '‸'"), ['fp32', 'bf16']],
  'values that vary': [experiment({}, "'optimizer.name': vary('‸')"), ['sgd', 'lamb']],
  'fields of objects that vary': [experiment({}, 'inputs: vary({ ‸ }, { flip: 0 })'), ['trainSize', 'flip']],
  'fields of a parameter': [
    experiment({ mixMode: 'mix.attentivemix({ teacher: { ‸ } })' }),
    ['backbone', 'weights'],
  ],
  "a teacher's backbones": [
    experiment({ mixMode: "mix.attentivemix({ teacher: { backbone: '‸' } })" }),
    ['resnet18', 'resnet26d'],
  ],
  "a teacher's backbones by path": [
    experiment({ mixMode: 'mix.supermix()' }, "'mixMode.teacher.backbone': '‸'"),
    ['resnet18', 'resnet26d'],
  ],
  'what a report is of': [experiment({}, "report: best('‸')"), ['top1', 'top5_ema']],
  'what a report in when is of': [
    experiment({}, '', ".when({ backbone: 'resnet18' }, { report: medianOfLast(5, '‸') })"),
    ['top1', 'top5_ema'],
  ],
  'fields of an object in together': [
    experiment({}, '...together({ optimizer: { ‸ } }, { optimizer: { lr: 2 } })'),
    ['lr', 'momentum'],
  ],
  'values in together': [
    experiment({}, "...together({ precision: '‸' }, { precision: 'fp32' })"),
    ['fp32', 'bf16'],
  ],
  'fields in sample': [experiment({}, "...sample(3, { '‸': uniform(0, 1) })"), ['optimizer.lr', 'ema.decay']],
  'values in sample': [experiment({}, "...sample(3, { precision: choice('‸') })"), ['fp32', 'bf16']],
  'fields of an object in when': [
    experiment({}, '', ".when({ backbone: 'resnet18' }, { optimizer: { ‸ } })"),
    ['lr', 'momentum'],
  ],
  'values of a field in when': [
    experiment({}, '', ".when({ backbone: 'resnet18' }, { precision: '‸' })"),
    ['fp32', 'bf16'],
  ],
  'paths of a config of OpenMixup': [
    openmixup("'‸': 0.1"),
    ['model.head.0.num_classes', 'runner.max_epochs'],
  ],
  'fields in together': [
    experiment({}, "...together({ '‸': 1, batchSize: 2 }, { batchSize: 4 })"),
    ['optimizer.lr', 'seed'],
  ],
  'axes in when': [experiment({}, '', '.when({ ‸ }, {})'), ['backbone', 'mixMode']],
  'values in when': [experiment({}, '', ".when({ backbone: '‸' }, {})"), ['resnet18', 'resnet50']],
  'recipes in when': [
    experiment({ recipe: 'vary(recipes.cifar, recipes.rsbA3)' }, '', ".when({ recipe: '‸' }, {})"),
    ['cifar', 'rsb-a3'],
  ],
  'datasets in when': [
    experiment({}, 'dataset: vary(datasets.cifar10, datasets.cifar100)', ".when({ dataset: '‸' }, {})"),
    ['cifar10', 'cifar100'],
  ],
  'fields in when': [
    experiment({}, '', ".when({ backbone: 'resnet18' }, { '‸': 1 })"),
    ['optimizer.lr', 'batchSize'],
  ],
  'parameters in when': [
    experiment({}, '', ".when({ mixMode: 'cutmix' }, { mixMode: { ‸ } })"),
    ['alpha', 'perSample'],
    ['lamMargin', 'choices'],
  ],
  'parameters of several methods in when': [
    experiment({}, '', ".when({ mixMode: ['vanilla', 'cutmix'] }, { mixMode: { ‸ } })"),
    ['name'],
    ['alpha', 'perSample'],
  ],
  'parameters of the only method in when': [
    experiment({ mixMode: 'mix.puzzlemix()' }, '', ".when({ backbone: 'resnet18' }, { mixMode: { ‸ } })"),
    ['alpha', 'blockCounts'],
    ['lamMargin', 'perSample'],
  ],
  'axes in exclude': [experiment({}, '', '.exclude({ ‸ })'), ['backbone', 'mixMode']],
};

/** Fields still to come, by name, with the type that an editor shows beside them. */
const offered: Record<string, readonly [text: string, name: string]> = {
  'a field': [experiment({}, '‸'), 'batchSize'],
  'a path': [experiment({}, "'‸'"), 'optimizer.lr'],
  'a field of an object': [experiment({}, 'optimizer: { ‸ }'), 'lr'],
  'a further field of an object': [experiment({}, 'optimizer: { lr: 0.1, ‸ }'), 'name'],
  'a field of objects that vary': [experiment({}, 'inputs: vary({ ‸ }, { flip: 0 })'), 'crop'],
  'a field of objects to choose from': [
    experiment({}, '...sample(2, { inputs: choice({ ‸ }, { flip: 0 }) })'),
    'crop',
  ],
  'a field of an object in together': [
    experiment({}, '...together({ optimizer: { ‸ } }, { optimizer: { lr: 2 } })'),
    'lr',
  ],
  'a field of an object in when': [
    experiment({}, '', ".when({ backbone: 'resnet18' }, { optimizer: { ‸ } })"),
    'lr',
  ],
  'a parameter': [experiment({ mixMode: 'mix.cutmix({ ‸ })' }), 'alpha'],
  'a field of a parameter': [experiment({ mixMode: 'mix.attentivemix({ teacher: { ‸ } })' }), 'weights'],
  'a recipe': [experiment({ recipe: 'recipes.‸' }), 'rsbA3'],
};

const hovers: Record<string, readonly [text: string, name: string]> = {
  'a method': [experiment({ mixMode: 'mix.cut‸mix({ alpha: 1 })' }), 'cutmix'],
  'a parameter': [experiment({ mixMode: 'mix.cutmix({ al‸pha: 1 })' }), 'alpha'],
  'a field of a parameter': [
    experiment({ mixMode: 'mix.attentivemix({ teacher: { back‸bone: "resnet18" } })' }),
    'backbone',
  ],
  'a recipe': [experiment({ recipe: 'recipes.rsb‸A3' }), 'rsbA3'],
  'a dataset': [experiment({}, 'dataset: datasets.cifar‸10'), 'cifar10'],
  'a field': [experiment({}, 'max‸Epochs: 100'), 'maxEpochs'],
  'a field of an object': [experiment({}, 'schedule: { warm‸upEpochs: 5 }'), 'warmupEpochs'],
  'a path': [experiment({}, "'optimizer.l‸r': 0.1"), 'optimizer.lr'],
  'a path of some methods': [experiment({}, "'mixMode.lam‸Margin': 0.1"), 'mixMode.lamMargin'],
  'a path that varies': [experiment({}, "'optimizer.l‸r': vary(0.1, 0.2)"), 'optimizer.lr'],
  'a field of objects that vary': [
    experiment({}, 'inputs: vary({ train‸Size: 160 }, { trainSize: 224 })'),
    'trainSize',
  ],
  'a path in together': [
    experiment({}, "...together({ 'ema.decay': 0.9 }, { 'ema.de‸cay': 0.99 })"),
    'ema.decay',
  ],
  'a field of an object in together': [
    experiment({}, '...together({ loss: { na‸me: "ce" } }, { loss: { name: "bce" } })'),
    'name',
  ],
  'a path in sample': [experiment({}, "...sample(2, { 'optimizer.l‸r': uniform(0, 1) })"), 'optimizer.lr'],
  'an axis in when': [
    experiment({}, "'optimizer.lr': vary(0.1, 0.2)", ".when({ 'optimizer.l‸r': 0.1 }, {})"),
    'optimizer.lr',
  ],
  'a path in when': [
    experiment({}, '', ".when({ backbone: 'resnet18' }, { 'schedule.min‸Lr': 0.1 })"),
    'schedule.minLr',
  ],
  'a field of an object in when': [
    experiment({}, '', ".when({ backbone: 'resnet18' }, { inputs: { fl‸ip: 0 } })"),
    'flip',
  ],
  'a parameter in when': [
    experiment({}, '', ".when({ mixMode: 'cutmix' }, { mixMode: { al‸pha: 0.2 } })"),
    'alpha',
  ],
  'a parameter of several methods in when': [
    experiment(
      { mixMode: 'vary(mix.cutmix(), mix.resizemix())' },
      '',
      ".when({ backbone: 'resnet18' }, { mixMode: { al‸pha: 0.2 } })",
    ),
    'alpha',
  ],
};

/** What goes wrong most often. */
const errors: Record<string, string> = {
  'a field with a typo': experiment({}, 'maxEpoch: 100'),
  'a path with a typo': experiment({}, "'optimizer.lrr': 0.1"),
  'a group with a typo': experiment({}, "'optimiser.lr': vary(0.1, 0.2)"),
  'a path with a typo in together': experiment(
    {},
    "...together({ maxEpochs: 1, 'optimizer.lrr': 1 }, { maxEpochs: 2, 'optimizer.lrr': 2 })",
  ),
  'a path with a typo in sample': experiment({}, "...sample(2, { 'optimizer.lrr': uniform(0, 1) })"),
  'a path with a typo in when': experiment({}, '', ".when({ backbone: 'resnet18' }, { 'ema.decya': 0.9 })"),
  'undefined for a number': experiment({}, 'batchSize: undefined'),
  'undefined by path': experiment({}, "'optimizer.lr': undefined"),
  'a parameter with a typo in when': experiment(
    {},
    '',
    ".when({ mixMode: 'cutmix' }, { mixMode: { alhpa: 0.2 } })",
  ),
  'a parameter that not every method has': experiment(
    {},
    '',
    ".when({ backbone: 'resnet18' }, { mixMode: { alpha: 0.2 } })",
  ),
  'text for a parameter in when': experiment(
    {},
    '',
    ".when({ mixMode: 'cutmix' }, { mixMode: { alpha: '0.2' } })",
  ),
  'a name for a method in when': experiment({}, '', ".when({ mixMode: 'cutmix' }, { mixMode: 'vanilla' })"),
  'text for a number': experiment({}, "maxEpochs: '100'"),
  'text for a number by path': experiment({}, "'optimizer.lr': '0.1'"),
  'text among numbers': experiment({}, "maxEpochs: vary(100, '300')"),
  'text for a parameter': experiment({ mixMode: "mix.cutmix({ alpha: '1' })" }),
  'trials that vary': experiment({}, 'trials: vary(1, 2)'),
  'a value that varies in when': experiment(
    {},
    '',
    ".when({ backbone: 'resnet18' }, { batchSize: vary(1, 2) })",
  ),
  'a backbone with a typo': experiment({ backbone: "'resnet5O'" }),
  'a method with a typo': experiment({ mixMode: 'mix.cutmxi()' }),
  'a parameter with a typo': experiment({ mixMode: 'mix.cutmix({ alhpa: 1 })' }),
  'a name for a method': experiment({ mixMode: "'cutmix'" }),
  'a value that is none of a few': experiment({}, "precision: 'fp8'"),
  'seeds that vary': experiment({}, 'seed: vary(1, 2)'),
  'TransMix on ResNets': experiment({ mixMode: 'mix.transmix()' }),
  'TransMix on a ResNet in when': experiment(
    {},
    '',
    ".when({ backbone: 'resnet18' }, { mixMode: mix.transmix() })",
  ),
  'a ResNet for TransMix in when': experiment(
    { mixMode: 'vary(mix.transmix(), mix.mixup())', backbone: "'deit_small_patch16_224'" },
    '',
    ".when({ mixMode: 'transmix' }, { backbone: 'resnet18' })",
  ),
  'TransMix on a ResNet in together': `import { mix, together } from '@mixlab/dsl';
export default together({ backbone: 'pvt_small', mixMode: mix.transmix() }, { backbone: 'resnet18', mixMode: mix.mixpro() });
`,
  'an axis with a typo': experiment({}, '', ".exclude({ backbon: 'resnet18' })"),
  'a value that an axis does not take': experiment({}, '', ".exclude({ backbone: 'resnet19' })"),
  'a recipe that an axis does not take': experiment(
    { recipe: 'vary(recipes.cifar, recipes.rsbA3)' },
    '',
    ".exclude({ recipe: 'rsb-a2' })",
  ),
  'a dataset that an axis does not take': experiment(
    {},
    'dataset: vary(datasets.cifar10, datasets.cifar100)',
    ".exclude({ dataset: 'cifar' })",
  ),
  "a teacher's backbone with a typo": experiment({
    mixMode: "mix.attentivemix({ teacher: { backbone: 'resnet5O' } })",
  }),
  'a report with a typo': experiment({}, "report: best('top-1')"),
  'a report with a typo in when': experiment(
    {},
    '',
    ".when({ backbone: 'resnet18' }, { report: best('top-1') })",
  ),
  'a field with a typo among objects to choose from': experiment(
    {},
    '...sample(2, { inputs: choice({ flipp: 0 }, { flip: 1 }) })',
  ),
  'no name': experiment({}).replace("name: 'editor', ", ''),
};

let service: ts.LanguageService;
const texts = new Map<string, string>();

beforeAll(() => {
  const all = {
    ...texted(completions, ([text]) => text),
    ...prefixed(
      'offered: ',
      texted(offered, ([text]) => text),
    ),
    ...texted(hovers, ([text]) => text),
    ...errors,
  };
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
  it.each(Object.entries(completions))('completes %s', (what, [text, some, others = []]) => {
    const { entries = [] } = service.getCompletionsAtPosition(fileOf(what), text.indexOf(CURSOR), {}) ?? {};
    const names = entries.map(({ name }) => name.replace(/^['"]|['"]$/g, ''));
    expect(names).toEqual(expect.arrayContaining([...some]));
    expect(names.filter((name) => others.includes(name))).toEqual([]);
  });

  it('shows the types of what it offers', () => {
    const shown = Object.entries(offered).map(([what, [text, name]]) => {
      const file = fileOf(`offered: ${what}`);
      const at = text.indexOf(CURSOR);
      const entry = service
        .getCompletionsAtPosition(file, at, {})
        ?.entries.find((each) => each.name.replace(/^['"]|['"]$/g, '') === name);
      expect(entry, what).toBeDefined();
      const details = service.getCompletionEntryDetails(
        file,
        at,
        entry!.name,
        undefined,
        entry!.source,
        undefined,
        entry!.data,
      );
      return `${what}: ${ts.displayPartsToString(details?.displayParts)}`;
    });
    expect(shown.join('\n')).toMatchInlineSnapshot(`
      "a field: (property) batchSize?: Takes<"batchSize", number>
      a path: (property) 'optimizer.lr'?: Takes<"optimizer.lr", number>
      a field of an object: (property) lr?: Takes<"lr", number>
      a further field of an object: (property) name?: Takes<"name", "sgd" | "adamw" | "lamb">
      a field of objects that vary: (property) crop?: Takes<"crop", "none" | "random-resized" | "pad">
      a field of objects to choose from: (property) crop?: TakesOne<"crop", "none" | "random-resized" | "pad">
      a field of an object in together: (property) lr?: TakesOne<"lr", number>
      a field of an object in when: (property) lr?: TakesOne<"lr", number>
      a parameter: (property) alpha?: Takes<"alpha", number>
      a field of a parameter: (property) weights?: Takes<"weights", string>
      a recipe: (property) rsbA3: NamedRecipe<"rsb-a3">"
    `);
  });

  it('shows what a field is for, its range and its default', () => {
    const shown = Object.entries(hovers).map(([what, [text, name]]) => {
      const info = service.getQuickInfoAtPosition(fileOf(what), text.indexOf(CURSOR));
      const type = ts.displayPartsToString(info?.displayParts);
      expect(type).toContain(name);
      return `${what}: ${ts.displayPartsToString(info?.documentation)}`;
    });
    expect(shown.join('\n')).toMatchInlineSnapshot(`
      "a method: CutMix: a box of the partner image replaces the same box; labels mix by its area.

      Paper: https://arxiv.org/abs/1905.04899
      a parameter: lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: \`1\`.
      a field of a parameter: Its network, by its timm name. Default: \`"resnet18"\`.
      a recipe: ResNet strikes back, A3: LAMB, binary cross-entropy, 100 epochs of 160 pixels, tested at 224.
      a dataset: CIFAR-10: 50,000 training images of 32×32 pixels, 10 classes.
      a field: Length of the training. Range: > 0 and ≤ 1000000.
      a field of an object: Epochs of linear warm-up. Range: ≥ 0 and ≤ 1000000. Default: \`0\`.
      a path: Learning rate at its peak, for the whole batch size. Range: > 0 and ≤ 1e+30. Default: \`0.1\`.
      a path of some methods: \`adautomix\`: The backbone's batch is mixed by MixUp where the first image's share is as near as this to 0 or 1. Range: ≥ 0 and < 0.5. Default: \`0.03\`.

      \`automix\`, \`samix\`: The backbone's batch is mixed by MixUp where lam is as near as this to 0 or to 1. Range: ≥ 0 and < 0.5. Default: \`0.08\`.
      a path that varies: Learning rate at its peak, for the whole batch size. Range: > 0 and ≤ 1e+30. Default: \`0.1\`.
      a field of objects that vary: Side of the training input in pixels; null is the dataset's size. Range: > 0 and ≤ 8192. Default: \`null\`.
      a path in together: Share of the average that a step keeps; 0 has no average, 0.9999 is usual. Range: ≥ 0 and < 1. Default: \`0\`.
      a field of an object in together: Cross-entropy, or binary cross-entropy with logits. Default: \`"ce"\`.
      a path in sample: Learning rate at its peak, for the whole batch size. Range: > 0 and ≤ 1e+30. Default: \`0.1\`.
      an axis in when: Learning rate at its peak, for the whole batch size. Range: > 0 and ≤ 1e+30. Default: \`0.1\`.
      a path in when: Learning rate that the cosine ends on. Range: ≥ 0 and ≤ 1e+30. Default: \`0\`.
      a field of an object in when: How often a training image is mirrored left to right. Range: ≥ 0 and ≤ 1. Default: \`0.5\`.
      a parameter in when: lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: \`1\`.
      a parameter of several methods in when: lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped. Range: > 0 and ≤ 1e+30. Default: \`1\`.
      The scale is drawn from Beta(alpha, alpha), and anew and evenly where that is not within \`scale\`, as
      OpenMixup does it; 1, the paper's way, is even throughout. Range: > 0 and ≤ 1e+30. Default: \`1\`."
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
          Object literal may only specify known properties, but 'maxEpoch' does not exist in type 'OnlyFieldsOf<AuthoredExperiment>'. Did you mean to write 'maxEpochs'?
      a path with a typo, at 'optimizer.lrr'
          Object literal may only specify known properties, and ''optimizer.lrr'' does not exist in type 'DidYouMean<"optimizer.lr", AuthoredExperiment>'.
      a group with a typo, at 'optimiser.lr'
          Object literal may only specify known properties, and ''optimiser.lr'' does not exist in type 'DidYouMean<"optimizer.lr", AuthoredExperiment>'.
      a path with a typo in together, at 'optimizer.lrr'
          Object literal may only specify known properties, and ''optimizer.lrr'' does not exist in type 'DidYouMean<"optimizer.lr", Together>'.
      a path with a typo in sample, at 'optimizer.lrr'
          Object literal may only specify known properties, and ''optimizer.lrr'' does not exist in type 'Distribution<unknown, unknown> | DidYouMean<"optimizer.lr", DistributionsOf<Together>>'.
      a path with a typo in when, at 'ema.decya'
          Object literal may only specify known properties, and ''ema.decya'' does not exist in type 'DidYouMean<"ema.decay", Overrides<AuthoredConfig, "cutmix" | "vanilla">>'.
      undefined for a number, at batchSize
          Type 'undefined' is not assignable to type 'number | Vary<EachTakes<"batchSize", number>, EachTakes<"batchSize", number>>'.
      undefined by path, at 'optimizer.lr'
          Type 'undefined' is not assignable to type 'number | Vary<EachTakes<"optimizer.lr", number>, EachTakes<"optimizer.lr", number>>'.
      a parameter with a typo in when, at alhpa
          Object literal may only specify known properties, but 'alhpa' does not exist in type 'TakesOneOrParametersOf<"mixMode", "cutmix", Method>'. Did you mean to write 'alpha'?
      a parameter that not every method has, at alpha
          Object literal may only specify known properties, and 'alpha' does not exist in type 'TakesOneOrParametersOf<"mixMode", "cutmix" | "vanilla", Method>'.
      text for a parameter in when, at alpha
          Type 'string' is not assignable to type 'TakesOne<"alpha", number | null> | undefined'.
      a name for a method in when, at mixMode
          Type 'string' has no properties in common with type 'TakesOneOrParametersOf<"mixMode", "cutmix", Method>'.
      text for a number, at maxEpochs
          Type 'string' is not assignable to type 'Takes<"maxEpochs", number>'.
      text for a number by path, at 'optimizer.lr'
          Type 'string' is not assignable to type 'Takes<"optimizer.lr", number>'.
      text among numbers, at '300'
          Argument of type 'string' is not assignable to parameter of type 'EachTakes<"maxEpochs", number>'.
      text for a parameter, at alpha
          Type 'string' is not assignable to type 'Takes<"alpha", number> | undefined'.
      trials that vary, at trials
          Type 'Vary<1 | 2, unknown>' is not assignable to type 'TakesOne<"trials", number>'.
      a value that varies in when, at batchSize
          Type 'Vary<1 | 2, unknown>' is not assignable to type 'TakesOne<"batchSize", number>'.
      a backbone with a typo, at backbone
          Type '"resnet5O"' is not assignable to type 'Takes<"backbone", Backbone>'. Did you mean '"resnet50"'?
      a method with a typo, at cutmxi
          Property 'cutmxi' does not exist on type 'Mix'. Did you mean 'cutmix'?
      a parameter with a typo, at alhpa
          Object literal may only specify known properties, but 'alhpa' does not exist in type 'Params<CutMixParams>'. Did you mean to write 'alpha'?
      a name for a method, at mixMode
          Type 'string' is not assignable to type 'Takes<"mixMode", Method>'.
      a value that is none of a few, at precision
          Type '"fp8"' is not assignable to type 'Takes<"precision", "fp32" | "tf32" | "fp16" | "bf16">'.
      seeds that vary, at seed
          Type 'Vary<1 | 2, unknown>' is not assignable to type 'TakesOne<"seed", number> | UseTrialsForMoreSeeds'.
      TransMix on ResNets, at backbone
          Type 'Vary<"resnet18" | "resnet50", EachTakes<"backbone", Backbone>>' has no properties in common with type 'BackboneTakesATransformerWhoseAttentionThisMethodReads'.
      TransMix on a ResNet in when, at mixMode
          Type 'Made<"transmix", NoInfer<Readonly<Record<never, never>>>>' is not assignable to type 'MixModeTakesAMethodThatReadsNoAttentionOfThisBackbone'.
      a ResNet for TransMix in when, at backbone
          Type 'string' has no properties in common with type 'BackboneTakesATransformerWhoseAttentionThisMethodReads'.
      TransMix on a ResNet in together, at backbone
          Type 'string' has no properties in common with type 'BackboneTakesATransformerWhoseAttentionThisMethodReads'.
      an axis with a typo, at backbon
          Object literal may only specify known properties, but 'backbon' does not exist in type 'Condition<"backbone" | "mixMode" | "mixMode.alpha", { readonly axes: AxesOf<{ readonly name: "editor"; readonly recipe: NamedRecipe<"cifar">; readonly backbone: Vary<"resnet18" | "resnet50", EachTakes<"backbone",…
      a value that an axis does not take, at backbone
          Type '"resnet19"' is not assignable to type 'AxisTakes<"backbone", "resnet18" | "resnet50">'. Did you mean '"resnet18"'?
      a recipe that an axis does not take, at recipe
          Type '"rsb-a2"' is not assignable to type 'AxisTakes<"recipe", "cifar" | "rsb-a3">'. Did you mean '"rsb-a3"'?
      a dataset that an axis does not take, at dataset
          Type '"cifar"' is not assignable to type 'AxisTakes<"dataset", "cifar10" | "cifar100">'. Did you mean '"cifar10"'?
      a teacher's backbone with a typo, at backbone
          Type '"resnet5O"' is not assignable to type 'Takes<"backbone", Backbone> | undefined'. Did you mean '"resnet50"'?
      a report with a typo, at report
          Type 'Report<"top-1">' is not assignable to type 'Report<ReportMetric>'.
      a report with a typo in when, at report
          Type 'Report<"top-1">' is not assignable to type 'Report<ReportMetric>'.
      a field with a typo among objects to choose from, at flipp
          Object literal may only specify known properties, but 'flipp' does not exist in type 'OnlyFieldsOf<TakesOne<"inputs", Inputs>>'. Did you mean to write 'flip'?
      no name, at {
          Argument of type '{ recipe: NamedRecipe<"cifar">; backbone: Vary<"resnet18" | "resnet50", EachTakes<"backbone", Backbone>>; mixMode: Vary<Made<"vanilla", NoInfer<Readonly<...>>> | Made<...>, EachTakes<...>>; }' is not assignable to parameter of type 'AnExperimentTakesAName'."
    `);
  });
});

function prefixed(prefix: string, entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([what, text]) => [`${prefix}${what}`, text]));
}

function texted<T>(entries: Record<string, T>, text: (entry: T) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([what, entry]) => [what, text(entry)]));
}

function fileOf(what: string): string {
  return join(root, 'configs', `${what}.config.ts`);
}

function openmixup(field: string): string {
  return `import { defineOpenMixupSweep } from '@mixlab/dsl';
const base = { model: { head: [{ type: 'ClsHead', num_classes: 10 }] }, runner: { max_epochs: 1 } } as const;
export default defineOpenMixupSweep(base)({ name: 'editor', ${field} });
`;
}

function experiment(fields: Record<string, string>, more = '', steps = ''): string {
  const { recipe, backbone, mixMode } = {
    recipe: 'recipes.cifar',
    backbone: `vary('resnet18', 'resnet50')`,
    mixMode: 'vary(mix.vanilla(), mix.cutmix({ alpha: 1 }))',
    ...fields,
  };
  return `import { best, choice, datasets, defineExperiment, medianOfLast, mix, recipes, sample, together, uniform, vary } from '@mixlab/dsl';
export default defineExperiment({
  name: 'editor', recipe: ${recipe},
  backbone: ${backbone},
  mixMode: ${mixMode},
  ${more}
})${steps};
`;
}
