//! Minimisation without derivatives: Nelder and Mead, "A simplex method for function minimization" (1965), with the
//! usual coefficients (reflection 1, expansion 2, contraction ½, shrink ½) and parameters kept inside bounds.

/// Finds parameters inside `bounds` at which `cost` is small, from `start`, with at most `evaluations` calls.
pub(super) fn minimise(
    start: &[f64],
    bounds: &[(f64, f64)],
    evaluations: usize,
    mut cost: impl FnMut(&[f64]) -> f64,
) -> Vec<f64> {
    let dimensions = start.len();
    let clamp = |mut point: Vec<f64>| {
        for (value, (low, high)) in point.iter_mut().zip(bounds) {
            *value = value.clamp(*low, *high);
        }
        point
    };
    let mut measured = |point: Vec<f64>| {
        let value = cost(&point);
        (if value.is_finite() { value } else { f64::MAX }, point)
    };
    let mut simplex = vec![measured(clamp(start.to_vec()))];
    for dimension in 0..dimensions {
        let (low, high) = bounds[dimension];
        let mut corner = simplex[0].1.clone();
        let step = (high - low) * 0.25;
        corner[dimension] += if corner[dimension] + step <= high { step } else { -step };
        simplex.push(measured(clamp(corner)));
    }
    let mut used = dimensions + 1;
    while used < evaluations {
        simplex.sort_by(|left, right| left.0.total_cmp(&right.0));
        let (best, worst) = (simplex[0].0, simplex[dimensions].0);
        if (worst - best).abs() <= 1e-5 * (best.abs() + 1e-12) {
            break;
        }
        let mut centre = vec![0.0; dimensions];
        for (_, point) in &simplex[..dimensions] {
            for (sum, value) in centre.iter_mut().zip(point) {
                *sum += value / dimensions as f64;
            }
        }
        let far = simplex[dimensions].1.clone();
        let along = |by: f64| clamp(centre.iter().zip(&far).map(|(c, f)| c + by * (c - f)).collect());
        let reflected = measured(along(1.0));
        used += 1;
        let next = if reflected.0 < best {
            used += 1;
            let expanded = measured(along(2.0));
            if expanded.0 < reflected.0 { expanded } else { reflected }
        } else if reflected.0 < simplex[dimensions - 1].0 {
            reflected
        } else {
            used += 1;
            let contracted = measured(along(if reflected.0 < worst { 0.5 } else { -0.5 }));
            if contracted.0 < worst.min(reflected.0) {
                contracted
            } else {
                let anchor = simplex[0].1.clone();
                for vertex in &mut simplex[1..] {
                    let point = vertex.1.iter().zip(&anchor).map(|(v, a)| a + 0.5 * (v - a)).collect();
                    *vertex = measured(point);
                }
                used += dimensions;
                continue;
            }
        };
        simplex[dimensions] = next;
    }
    simplex.sort_by(|left, right| left.0.total_cmp(&right.0));
    simplex.swap_remove(0).1
}

#[cfg(test)]
mod tests {
    use super::minimise;

    #[test]
    fn finds_the_bottom_of_a_valley_and_respects_bounds() {
        let bowl = |p: &[f64]| (p[0] - 0.3).powi(2) + 10.0 * (p[1] - 0.7).powi(2) + 1.0;
        let found = minimise(&[0.5, 0.5], &[(0.0, 1.0); 2], 400, bowl);
        assert!(
            (found[0] - 0.3).abs() < 0.01 && (found[1] - 0.7).abs() < 0.01,
            "{found:?}"
        );
        let held = minimise(&[0.5, 0.5], &[(0.0, 1.0), (0.0, 0.6)], 400, bowl);
        assert!((held[1] - 0.6).abs() < 1e-3, "{held:?}");
    }
}
