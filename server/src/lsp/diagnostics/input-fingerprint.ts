import { sameReading } from '../../model';
import type { LintInput } from '../../rules';
import { type Document, pathOf } from '../../schema';

/** Everything but the disk that the findings in a file of a project follow from. */
export class InputFingerprint {
  private readonly document: Document;
  private readonly edition: unknown;
  private readonly readings: Parameters<typeof sameReading>[0];
  private readonly faults: string;

  constructor({ document, project }: LintInput) {
    this.document = document;
    this.edition = project?.edition;
    this.readings = project?.readings(document) ?? [];
    this.faults = JSON.stringify(project?.faults.filter(({ path }) => path === pathOf(document.uri)));
  }

  equals(other: InputFingerprint): boolean {
    return (
      this.document === other.document &&
      this.edition === other.edition &&
      this.faults === other.faults &&
      sameReading(this.readings, other.readings)
    );
  }
}
