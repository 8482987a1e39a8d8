/**
 * The recent changes of one resource, oldest first, in a ring of fixed size: what a watch resumes from and what an
 * older state is reconstructed from. Older changes are compacted away.
 */
import type { Change } from './port.js';

export class History {
  /** Changes up to this revision are no longer here. */
  compactedRevision = 0;
  private readonly ring: (Change | undefined)[] = [];
  private readonly size: number;
  private start = 0;
  private count = 0;

  constructor(size: number) {
    this.size = size;
  }

  push(change: Change): void {
    if (this.size === 0) {
      this.compactedRevision = change.revision;
    } else if (this.count < this.size) {
      this.ring[(this.start + this.count) % this.size] = change;
      this.count += 1;
    } else {
      this.compactedRevision = this.at(0).revision;
      this.ring[this.start] = change;
      this.start = (this.start + 1) % this.size;
    }
  }

  /** Forgets changes up to and including `revision`. */
  compact(revision: number): void {
    while (this.count > 0 && this.at(0).revision <= revision) {
      this.ring[this.start] = undefined;
      this.start = (this.start + 1) % this.size;
      this.count -= 1;
    }
    this.compactedRevision = Math.max(this.compactedRevision, revision);
  }

  /** The changes after `revision`, oldest first. */
  after(revision: number): Change[] {
    let index = this.count;
    while (index > 0 && this.at(index - 1).revision > revision) index -= 1;
    const changes: Change[] = [];
    for (; index < this.count; index += 1) changes.push(this.at(index));
    return changes;
  }

  private at(index: number): Change {
    const change = this.ring[(this.start + index) % this.size];
    if (change === undefined) throw new Error(`history has no change ${index} of ${this.count}`);
    return change;
  }
}
