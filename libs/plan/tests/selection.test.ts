import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';
import { selectPlans } from '@mixlab/plan';
import { describe, expect, it } from 'vitest';
import { planOf, problemsOf, shortNames } from './plan-of.ts';

const given = { recipe: recipes.cifar, maxEpochs: vary(100, 300) } as const;
const one = defineExperiment({
  ...given,
  name: 'one',
  backbone: vary('resnet18', 'resnet50'),
  mixMode: vary(mix.vanilla(), mix.cutmix({ alpha: vary(0.5, 1) })),
});
const other = defineExperiment({ ...given, name: 'other', backbone: 'resnet34', mixMode: mix.mixup() });

describe('a selection', () => {
  it('narrows what is selected, never what is planned', () => {
    const plan = planOf(one, {
      selection: { mixMode: ['cutmix'], backbone: ['resnet50'], maxEpochs: [100] },
    });
    expect([plan.size, plan.selectedSize]).toEqual([12, 2]);
    const selected = [...plan.runs()].filter((run) => run.selected);
    expect(selected.map(({ axes }) => axes['mixMode.alpha'])).toEqual([0.5, 1]);
    expect(shortNames(plan)).toEqual(shortNames(planOf(one)));
  });

  it('takes any axis, and values as text', () => {
    expect(planOf(one, { selection: { 'mixMode.alpha': ['0.5'], maxEpochs: ['300'] } }).selectedSize).toBe(2);
  });

  it('may find nothing in one experiment and something in another', () => {
    const plans = selectPlans([planOf(one), planOf(other)], { mixMode: ['mixup'] });
    expect(plans.map((plan) => plan.selectedSize)).toEqual([0, 2]);
  });

  it('selects everything where it is empty', () => {
    expect(selectPlans([planOf(one)], {}).map((plan) => plan.selectedSize)).toEqual([12]);
  });

  it.each([
    [{ mixMode: ['cutmx', 'rsb'] }],
    [{ backbone: ['resnet5O'] }],
    [{ maxEpochs: [200] }],
    [{ backbon: ['resnet50'] }],
    [{ backbone: ['resnet34'], mixMode: ['cutmix'] }],
  ])('says what there is where %j finds nothing', (selection) => {
    expect(
      problemsOf(() => selectPlans([planOf(one), planOf(other)], selection)).join('\n'),
    ).toMatchSnapshot();
  });
});
