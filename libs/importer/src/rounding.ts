/** A finite number times `10 ** digits` as the nearest integer; halves go to the even one, as in Python. */
export function scaled(value: number, digits: number): bigint {
  const [numerator, denominator] = ratio(Math.abs(value));
  const ten = 10n ** BigInt(Math.abs(digits));
  const top = digits >= 0 ? numerator * ten : numerator;
  const bottom = digits >= 0 ? denominator : denominator * ten;
  const whole = top / bottom;
  const rest = (top % bottom) * 2n;
  const up = rest > bottom || (rest === bottom && whole % 2n === 1n);
  const result = up ? whole + 1n : whole;
  return value < 0 ? -result : result;
}

/** A number with exactly `digits` digits after the point. */
export function fixed(value: number, digits: number): string {
  const text = String(scaled(Math.abs(value), digits)).padStart(digits + 1, '0');
  const at = text.length - digits;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, at)}.${text.slice(at)}`;
}

/** `base ** exponent`; of whole exponents the nearest float there is, which engines of JavaScript miss at times. */
export function power(base: number, exponent: number): number {
  const plain = base ** exponent;
  const isExact = Number.isInteger(exponent) && Math.abs(exponent) <= 64 && Number.isFinite(plain);
  if (!isExact || Math.abs(plain) < 1e-290 || base === 0) return plain;
  const [numerator, denominator] = ratio(Math.abs(base)).map((part) => part ** BigInt(Math.abs(exponent)));
  const [top = 1n, bottom = 1n] = exponent < 0 ? [denominator, numerator] : [numerator, denominator];
  const shift = Math.max(0, 80 - (top.toString(2).length - bottom.toString(2).length));
  const whole = (top << BigInt(shift)) / bottom;
  // The last bit stands for all that was cut off.
  const nearest = Number((whole << 1n) | 1n) / 2 ** (shift + 1);
  return plain < 0 ? -nearest : nearest;
}

/** A finite number that is not negative as a fraction, exactly. */
function ratio(value: number): readonly [numerator: bigint, denominator: bigint] {
  let power = 0;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    power += 1;
  }
  return [BigInt(whole), 2n ** BigInt(power)];
}
