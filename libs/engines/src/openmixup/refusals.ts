/** What of a run OpenMixup does not have, gathered while it is translated. */
export class Refusals {
  readonly reasons: string[] = [];

  /** Notes why the run cannot be translated: `no method comixup`. */
  add(reason: string): void {
    if (!this.reasons.includes(reason)) this.reasons.push(reason);
  }

  /** The same where `wrong`. */
  when(wrong: boolean, reason: string): void {
    if (wrong) this.add(reason);
  }
}
