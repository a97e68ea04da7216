import { Text } from '../../syntax';
import { operators } from '../combinators';
import { type Asked, type Choice, fromReading, type Grammar, Reading } from '../grammar';

/** Settings of which a version is asked (mkosi 27.1 config.py config_match_version). */
const versions: ReadonlySet<string> = new Set(['ImageVersion', 'SystemdVersion', 'MinimumVersion']);

/** Whether a condition on a setting compares versions. */
export const asksForVersion = (name: string): boolean => versions.has(name);

const comparisons: readonly Choice[] = [
  { word: '>=', detail: 'this version or a newer one' },
  { word: '<=', detail: 'this version or an older one' },
  { word: '>', detail: 'newer' },
  { word: '<', detail: 'older' },
  { word: '==', detail: 'the same; so without an operator' },
  { word: '!=', detail: 'another one' },
].map((o) => ({ ...o, sample: true }));
const prefixes: readonly Choice[] = [
  { word: '!', detail: 'the condition must not hold', sample: true },
  { word: '|', detail: 'one of those with | has to hold', sample: true },
];

/**
 * The grammar of a condition: `|` and `!` in front, an operator for versions, and one item of what the setting takes.
 * @param item reads what is asked for
 */
export const conditionOf = (item: (text: Text, into: Reading) => void, comparing: boolean): Grammar =>
  fromReading((text, asked: Asked) => {
    const into = new Reading(asked),
      whole = Text.plain(text, 0);
    const prefix = /^\|?!?/.exec(text)?.[0].length ?? 0,
      operator = comparing ? (/^(==|!=|<=|>=|<|>)?/.exec(text.slice(prefix))?.[0].length ?? 0) : 0;
    for (const sign of ['|', '!']) if (text.slice(0, prefix).includes(sign)) operators(whole.slice(0, prefix), sign, into, 1);
    if (operator > 0) into.part(whole.slice(prefix, prefix + operator), 'operator');
    const rest = whole.slice(prefix + operator);
    item(rest, into);
    // Where there is nothing of the value yet, the signs that come before it can be chosen as well.
    const own = into.places.splice(0);
    for (const { start, end, offers, label, wants } of own) {
      const before = (): Choice[] =>
        rest.length > 0 || start !== prefix + operator
          ? []
          : [...(comparing && operator === 0 ? comparisons : []), ...prefixes.slice(prefix === 0 ? 0 : 2)];
      into.place(whole.slice(start, end), () => [...offers(), ...before()], { label, wants });
    }
    return into;
  });
