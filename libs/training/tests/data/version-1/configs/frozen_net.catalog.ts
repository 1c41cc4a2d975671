// Generated from the Python package frozen_net by `npx mixlab catalog --from frozen_net`. Do not edit.

import type { CatalogExtension } from '@mixlab/dsl';

interface Methods {
}

declare module '@mixlab/dsl' {
  interface UserMethods {
    readonly 'frozen_net': Methods;
  }

  interface UserBackbones {
    readonly 'frozen_net:Linear': 'linear';
  }
}

const extension: CatalogExtension = {
  "package": "frozen_net",
  "schemaVersion": 1,
  "methods": [],
  "backbones": [
    {
      "name": "frozen_net:Linear",
      "family": "linear"
    }
  ],
  "rules": []
};

export default extension;
