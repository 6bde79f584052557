/** Where a point lies on tiles of another datum. What is stored stays WGS-84; the shift is for drawing alone.
 *
 * GCJ-02 is the datum of most Chinese street maps. Its formula is not published by the state; this is the one that is
 * published as github.com/googollee/eviltransform (MIT) and agrees with those maps to about a metre: two waves in
 * degrees east of 105° E and north of 35° N, divided by the radii of the Krasovsky 1940 ellipsoid. */

const MAJOR_M = 6378245;
const ECCENTRICITY_SQUARED = 0.006693421622965943;
const CHINA = { south: 0.8293, north: 55.8271, west: 72.004, east: 137.8347 };
const { PI, abs, cos, sin, sqrt } = Math;

/** @typedef {(latitude: number, longitude: number) => [number, number]} Shift WGS-84 degrees → [latitude, longitude] on the tiles */

/** The shift for tiles of a datum. @param {string | undefined} datum wgs84 or gcj02 @returns {Shift} */
export const shiftOf = (datum) => (datum === "gcj02" ? gcj02 : (latitude, longitude) => [latitude, longitude]);

/** @type {Shift} */
export function gcj02(latitude, longitude) {
  if (latitude < CHINA.south || latitude > CHINA.north || longitude < CHINA.west || longitude > CHINA.east) return [latitude, longitude];
  const [north, east] = waves(longitude - 105, latitude - 35);
  const angle = (latitude / 180) * PI;
  const bend = 1 - ECCENTRICITY_SQUARED * sin(angle) ** 2;
  const metresPerDegreeNorth = ((MAJOR_M * (1 - ECCENTRICITY_SQUARED)) / (bend * sqrt(bend))) * (PI / 180);
  const metresPerDegreeEast = (MAJOR_M / sqrt(bend)) * cos(angle) * (PI / 180);
  return [latitude + north / metresPerDegreeNorth, longitude + east / metresPerDegreeEast];
}

/** The shift in metres, [north, east]. @param {number} x degrees east of 105° E @param {number} y degrees north of 35° N */
function waves(x, y) {
  const common = (20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * (2 / 3);
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    + (20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * (2 / 3) + (160 * sin((y / 12) * PI) + 320 * sin((y / 30) * PI)) * (2 / 3);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    + (20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * (2 / 3) + (150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * (2 / 3);
  return [north, east];
}
