/** The figures of a report; the API leaves out what is zero. */
import type { Broadcast } from '../../api/types';

export type Report = Broadcast['report'];

export const PARTS = ['sent', 'delivered', 'failed', 'unknown', 'deferred', 'excluded'] as const;
export type Part = (typeof PARTS)[number];

export function figuresOf(report: Report): Record<'planned' | Part, number> {
  const {
    planned = 0,
    sent = 0,
    delivered = 0,
    failed = 0,
    unknown = 0,
    deferred = 0,
    excluded = {},
  } = report;
  const left = Object.values(excluded).reduce((sum, count) => sum + count, 0);
  return { planned, sent, delivered, failed, unknown, deferred, excluded: left };
}
