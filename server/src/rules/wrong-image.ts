import { nameSpan } from './load';
import { reads } from './mkosi';
import { prohibited } from './project';
import type { Rule } from './rule';

const homes: Readonly<Record<string, string>> = {
  main: 'it belongs to the main image', tools: 'the main image sets it for the tools tree', initrd: 'the main image sets it for the initrd',
  universal: 'the main image sets it for all images', multiversal: 'the main image sets it for all images and the tools tree',
};

/** A setting that this image may not set, because it is the same for all of them or the main image's own. */
export const wrongImage: Rule = {
  id: 'wrong-image',
  tool: 'mkosi',
  *check(here) {
    const { edition } = here.document, seen = new Set<number>();
    for (const { passage: { image, role }, read: { assigned } } of reads(here)) {
      const { setting, section } = assigned;
      if (setting === undefined || role !== 'configuration' || section === undefined || edition.isCondition(section)) continue;
      if (!prohibited(setting, image, edition) || seen.has(assigned.start)) continue;
      seen.add(assigned.start);
      yield {
        verdict: 'refused',
        ...nameSpan(assigned),
        message: `${setting.name}= cannot be set in the image ${image}; ${homes[setting.scope ?? ''] ?? 'the main image sets it'}`,
      };
    }
  },
};
