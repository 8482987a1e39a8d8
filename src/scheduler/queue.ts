/**
 * The pods whose turn comes: higher priority first, then first come (SC-1). A binary heap.
 *
 * Models: pkg/scheduler/framework/plugins/queuesort, backend/heap (v1.36)
 */
export interface Queued {
  readonly priority: number;
  /** Order of arrival in the queue. */
  sequence: number;
}

const isBefore = (a: Queued, b: Queued): boolean =>
  a.priority !== b.priority ? a.priority > b.priority : a.sequence < b.sequence;

export class PriorityQueue<T extends Queued> {
  private readonly heap: T[] = [];
  private arrivals = 0;

  get size(): number {
    return this.heap.length;
  }

  push(item: T): void {
    item.sequence = this.arrivals;
    this.arrivals += 1;
    this.heap.push(item);
    let index = this.heap.length - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!this.swapIfBefore(index, above)) return;
      index = above;
    }
  }

  pop(): T | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (!first || !last || first === last) return first;
    this.heap[0] = last;
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let next = index;
      if (this.precedes(left, next)) next = left;
      if (this.precedes(right, next)) next = right;
      if (next === index) return first;
      this.swap(next, index);
      index = next;
    }
  }

  private precedes(a: number, b: number): boolean {
    const [first, second] = [this.heap[a], this.heap[b]];
    return first !== undefined && second !== undefined && isBefore(first, second);
  }

  private swapIfBefore(a: number, b: number): boolean {
    if (!this.precedes(a, b)) return false;
    this.swap(a, b);
    return true;
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.heap[a] as T, this.heap[b] as T];
    this.heap[a] = second;
    this.heap[b] = first;
  }
}
