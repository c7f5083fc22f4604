import { expect, test } from 'vitest';
import { createRandom } from '../../demo/paint/random.js';
import { convolveRelu, maxPool } from '../../weights/build/feature-maps.js';
import { sphericalKmeans } from '../../weights/build/kmeans.js';
import { createMatrix, dot, row, timesTransposed } from '../../weights/build/matrix.js';
import { fitWhitening, toFilter, whiten } from '../../weights/build/whitening.js';

function correlatedSamples(rows: number) {
  const random = createRandom(5);
  const samples = createMatrix(rows, 3);
  for (let i = 0; i < rows; i++) {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()];
    row(samples, i).set([4 + 2 * a, 1 + a + 0.5 * b, -3 + 0.3 * a - b + 0.2 * c]);
  }
  return samples;
}

test('A·Bᵀ is right for sizes that are no multiple of its block', () => {
  const random = createRandom(1);
  const a = createMatrix(5, 7);
  const b = createMatrix(6, 7);
  for (const m of [a, b]) m.data.forEach((_, i, data) => (data[i] = random.normal()));
  const product = timesTransposed(a, b);
  for (let i = 0; i < 5; i++) {
    // The same sum in float64, stored once in float32.
    for (let j = 0; j < 6; j++) expect(product.data[i * 6 + j]).toBe(Math.fround(dot(row(a, i), row(b, j))));
  }
});

test('whitened samples have zero mean and the identity as covariance', () => {
  const samples = correlatedSamples(2000);
  const z = whiten(fitWhitening(samples, 0), samples);
  for (let j = 0; j < 3; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = 0;
      for (let i = 0; i < z.rows; i++) sum += row(z, i)[j]! * row(z, i)[k]!;
      // Exact but for float32 storage of 2000 values of order 1.
      expect(sum / z.rows).toBeCloseTo(j === k ? 1 : 0, 4);
    }
  }
});

test('a filter made from a direction responds as the direction does in whitened coordinates', () => {
  const samples = correlatedSamples(50);
  const whitening = fitWhitening(samples, 0.1);
  const z = whiten(whitening, samples);
  const direction = Float32Array.of(0.6, -0.5, 0.3);
  const filter = Float32Array.from(toFilter(whitening, direction));
  const offset = dot(filter, whitening.mean);
  for (let i = 0; i < samples.rows; i++) {
    expect(dot(filter, row(samples, i)) - offset).toBeCloseTo(dot(direction, row(z, i)), 4);
  }
});

test('k-means finds the directions in which samples are sparse', () => {
  const random = createRandom(3);
  const axes = [
    [1, 0, 0],
    [0, 0.6, 0.8],
    [0, -0.8, 0.6],
  ];
  const samples = createMatrix(600, 3);
  for (let i = 0; i < samples.rows; i++) {
    const strength = random.normal();
    row(samples, i).set(axes[i % 3]!.map((value) => value * strength + 0.02 * random.normal()));
  }
  const centroids = sphericalKmeans(samples, 3, 20, createRandom(9));
  for (const axis of axes) {
    const best = Math.max(...[0, 1, 2].map((k) => Math.abs(dot(row(centroids, k), Float32Array.from(axis)))));
    // Noise of 2 % tilts the mean direction of 200 samples by far less than a degree (cos 1° = 0.99985).
    expect(best).toBeGreaterThan(0.9998);
  }
});

test('convolution pads with zeros, adds the bias and clips; the pool drops an odd last row', () => {
  const map = { channels: 1, height: 3, width: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const filters = { rows: 1, columns: 9, data: Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0, -1) };
  // Above, minus lower right: at the corners only what lies inside counts.
  const { data } = convolveRelu(map, { filters, bias: Float32Array.of(2) });
  expect([...data]).toEqual([0, 2, 0, 4, 5, 6]);
  expect(maxPool({ channels: 1, height: 3, width: 2, data })).toMatchObject({ height: 1, width: 1 });
});
