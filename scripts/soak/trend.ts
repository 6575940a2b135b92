// Whether a series of measurements rises. Its slope is the median of the slopes between all pairs
// of points (Theil and Sen): a few that are far out, as when the machine was busy, do not move it,
// where the line of least squares would turn. Between which slopes the true one lies, with a
// confidence of 95 %, tells how much of it is noise (Sen 1968, by the variance of Kendall's tau).

/** A slope and what it may be, in units of y for one unit of x. */
export interface Trend {
  readonly slope: number;
  /** With 95 % confidence the slope is between the two. */
  readonly low: number;
  readonly high: number;
}

/** The normal deviate that leaves 2.5 % on either side. */
const DEVIATE = 1.96;

/** Of more points every second, third and so on is taken: pairs grow with the square. */
const POINTS_MAX = 600;

/** Throws `RangeError` for less than three points. */
export function trendOf(points: readonly (readonly [x: number, y: number])[]): Trend {
  const every = Math.ceil(points.length / POINTS_MAX);
  const some = points.filter((_, index) => index % every === 0);
  const { length } = some;
  if (length < 3) throw new RangeError(`Cannot find a trend: found ${length} points, must be >= 3`);
  const slopes: number[] = [];
  for (let first = 0; first < length; first++) {
    for (let second = first + 1; second < length; second++) {
      const [x, y] = some[first];
      slopes.push((some[second][1] - y) / (some[second][0] - x));
    }
  }
  slopes.sort((a, b) => a - b);
  const deviation = Math.sqrt((length * (length - 1) * (2 * length + 5)) / 18);
  const spread = DEVIATE * deviation;
  const place = (rank: number): number => {
    return slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))];
  };
  return {
    slope: medianOf(slopes),
    low: place((slopes.length - spread) / 2),
    high: place((slopes.length + spread) / 2),
  };
}

/** Of numbers in their order; the mean of the middle two where there are two. */
export function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}
