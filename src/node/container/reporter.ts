/** The effects of a container's chart that only tell: one event of the API each, or two. */
import type { Container, Pod } from '../../api/index.js';
import type { ContainerContext } from '../../../machines/index.js';
import { podLabel } from '../services.js';
import * as reports from './reports.js';

export abstract class ContainerReporter {
  abstract spec: Container;
  abstract readonly pod: Pod;
  protected abstract tell(report: reports.Report): void;

  reportBackOff(): void {
    this.tell(reports.backOff(this.spec.name, podLabel(this.pod)));
  }

  reportPullFailed(): void {
    this.tell(reports.PULL_FAILED);
  }

  reportPullBackOff(): void {
    this.#tellAll(reports.pullBackOff(this.spec.image ?? ''));
  }

  reportAbsentImage(_params: unknown, context: ContainerContext): void {
    this.#tellAll(reports.absentImage(context.message ?? ''));
  }

  reportInvalidImage(_params: unknown, context: ContainerContext): void {
    this.#tellAll(reports.invalidImage(context.message ?? ''));
  }

  reportConfigFailed(_params: unknown, context: ContainerContext): void {
    this.tell(reports.failed(context.message));
  }

  reportStarted(): void {
    this.tell(reports.STARTED);
  }

  reportStartFailed(_params: unknown, context: ContainerContext): void {
    this.tell(reports.failed(context.exit?.message));
  }

  reportPostStartFailed(): void {
    this.tell(reports.POST_START_FAILED);
  }

  reportPreStopFailed(): void {
    this.tell(reports.PRE_STOP_FAILED);
  }

  reportKilling(_params: unknown, context: ContainerContext): void {
    this.tell(reports.killing(context));
  }

  #tellAll(all: readonly reports.Report[]): void {
    for (const report of all) this.tell(report);
  }
}
