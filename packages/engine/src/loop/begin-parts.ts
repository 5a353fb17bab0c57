import type { PanelRun, PartHooks, RunPart } from './run-part.js';

/** Begins the parts that have something to do in the run over one panel, and returns their hooks as one, in their order. */
export async function beginParts(run: PanelRun, parts: readonly RunPart[]): Promise<Required<PartHooks>> {
  const begun: PartHooks[] = [];
  for (const part of parts) if (await part.wants(run)) begun.push(await part.begin(run));
  return {
    async afterLoad(loaded) {
      let current = loaded;
      for (const part of begun) current = (await part.afterLoad?.(current)) ?? current;
      return current;
    },
    afterDecide: (decided) => begun.reduce((work, part) => part.afterDecide?.(work) ?? work, decided),
    async beforePlan(open) {
      let current = open;
      for (const part of begun) current = (await part.beforePlan?.(current)) ?? current;
      return current;
    },
    async afterPlan(planned) {
      let current = planned;
      for (const part of begun) current = (await part.afterPlan?.(current)) ?? current;
      return current;
    },
    async afterBrake(planned, verdict) {
      let current = planned;
      for (const part of begun) current = (await part.afterBrake?.(current, verdict)) ?? current;
      return current;
    },
    async afterApply(applied, treatment) {
      let current = applied;
      for (const part of begun) current = (await part.afterApply?.(current, treatment)) ?? current;
      return current;
    },
    finished(works) {
      for (const part of begun) part.finished?.(works);
    },
    async end(verdict) {
      for (const part of begun) await part.end?.(verdict);
    },
  };
}
