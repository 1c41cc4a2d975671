import type { GeneratorCallback, Tree } from '@nx/devkit';
import { methodNames, typesInUse } from './catalog-files';
import { importedNames, methodText } from './method-text';
import { nextSteps } from './next-steps';
import { paperOf } from './paper';
import { Problems } from './problems';
import { docsUpdate } from './update-docs';

export interface MethodOptions {
  readonly name?: string;
  /** Of the Python class: `CutMix`. */
  readonly title?: string;
  /** arXiv number, which Nx gives as a number, DOI or venue. */
  readonly paper?: string | number;
  /** One sentence: what it does to images and labels. */
  readonly summary?: string;
}

const SETTINGS = 'libs/training/tests/methods_settings.py';
const PYTHON_WORDS: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);
/** The last row, before which rows are added. */
const LAST_ROW = /^ {4}"oneOf": \[$/m;

/**
 * `nx g @mixlab/nx-plugin:method`: a method that mixes as MixUp does until its author writes what it is, with the row of
 * settings under which all tests of methods find it, and a test that fails until it is filled in.
 */
export default async function method(tree: Tree, options: MethodOptions): Promise<GeneratorCallback> {
  const { name = '', title = '' } = options;
  const paper = paperOf(options.paper);
  const summary = (options.summary ?? '').trim().replace(/\.?$/, '.');
  const file = `libs/training/src/mixlab/methods/${name}.py`;
  const test = `libs/training/tests/test_method_${name}.py`;
  const settings = tree.read(SETTINGS, 'utf-8') ?? '';
  const problems = new Problems();
  problems.check('name', name, /^[a-z][a-z0-9]*$/, 'small letters and digits: cutmix');
  problems.free('name', name, methodNames(tree));
  problems.check('title', title, /^[A-Z][A-Za-z0-9]*$/, 'the name of a Python class: CutMix');
  problems.free('title', title, importedNames());
  // The schemas of types begin with a small letter.
  if (typesInUse(tree).some((type) => type.toLowerCase() === title.toLowerCase()))
    problems.free('title', title, [title]);
  for (const [option, word] of Object.entries({ name, title }))
    if (PYTHON_WORDS.has(word)) problems.check(option, word, /^$/, 'a name that is no word of Python');
  problems.check(
    'paper',
    paper,
    /^[^"\\\n<>{}]+$/,
    'an arXiv number, a DOI or a venue, without quotes, <>, {}',
  );
  problems.check('summary', summary, /^[^"\\\n<>{}]{2,}$/, 'a sentence, without double quotes, <>, {}');
  problems.check(
    'summary',
    `${title}: ${summary}`,
    /^.{1,96}$/s,
    'a sentence that fits a line, with the title',
  );
  problems.noFile(tree, 'name', file);
  problems.noFile(tree, 'name', test);
  problems.check(SETTINGS, settings, LAST_ROW, 'a row "oneOf", before which rows are added');
  problems.throwIfAny();

  tree.write(file, methodText({ name, title, paper, summary }));
  tree.write(test, testText(name, title));
  tree.write(
    SETTINGS,
    settings.replace(LAST_ROW, (last) => `    "${name}": [{}],\n${last}`),
  );
  return nextSteps(
    [
      `${file}: write what the paper does`,
      `${test}: fill in what its formula gives`,
      `npm run setup, once, for pytest; then .venv/bin/python -m pytest ${test}`,
      'npx nx run catalog:generate, npx nx run training:gallery: after a change of parameters, docstrings or pictures',
    ],
    docsUpdate(tree, 'method', name),
  );
}

function testText(name: string, title: string): string {
  return `"""${title} against a plain NumPy reference."""

from __future__ import annotations

import pytest
import torch

from mixlab.core.mixing import mix_images, mix_labels
from mixlab.methods import method_class


def test_images_and_labels_follow_the_formula() -> None:
    images = torch.randn(5, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    for seed in range(10):
        plan = method_class("${name}").model_validate({}).draw(images, torch.Generator().manual_seed(seed))
        mixed = mix_images(plan, images).numpy()
        target = mix_labels(plan, torch.arange(5), 5).numpy()
        assert mixed.shape == images.shape
        assert target.sum(axis=1) == pytest.approx(1)
        pytest.fail("fill in: compute what the paper's formula gives, and compare")
`;
}
