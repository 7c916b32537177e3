//! Known answers of sizing: cases of queueing, load tests, and files that are wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use headroom_models::capacity::{
    Bound, LimitCriteria, LimitReason, LoadPoint, StaffingMethod, fit_scalability, read_cases, read_load_test,
    safe_limit, size_case,
};

/// Rows of a grid computed with Netflix-Skunkworks' service-capacity-modeling (Apache-2.0); the last column is the
/// planner's count.
const GRID: &str = "tier,rps_read,rps_write,ms_read,ms_write,bytes_read,bytes_write,failover,instance,cpu,ghz,ipc,net_mbps,ram_gib,planner_count
0,100,100,0.4,0.4,1024,128,True,m5.xlarge,4,3.1,1.0,1250.0,15.26,3
0,5000,1000,2,1,65536,1024,True,c7a.2xlarge,8,3.7,1.9500000000000002,3125.0,15.26,3
1,100,100,0.4,0.4,1024,128,True,m5.2xlarge,8,3.1,1.0,2500.0,30.52,3
1,60000,60000,0.4,0.4,1024,128,False,c7a.2xlarge,8,3.7,1.9500000000000002,3125.0,15.26,3
2,100,100,0.4,0.4,65536,1024,False,m5.2xlarge,8,3.1,1.0,2500.0,30.52,3
2,60000,60000,0.4,0.4,65536,1024,False,m5.xlarge,4,3.1,1.0,1250.0,15.26,27
3,100,100,0.4,0.4,1024,128,False,m5.2xlarge,8,3.1,1.0,2500.0,30.52,3
3,60000,60000,0.4,0.4,1024,128,True,m5.2xlarge,8,3.1,1.0,2500.0,30.52,15
3,100000,100000,2,1,1024,128,True,c7a.2xlarge,8,3.7,1.9500000000000002,3125.0,15.26,33
3,100000,100000,2,1,65536,1024,False,c7a.2xlarge,8,3.7,1.9500000000000002,3125.0,15.26,18
";

fn point(load: f64, throughput: f64) -> LoadPoint {
    LoadPoint {
        load,
        throughput,
        latency: None,
        errors: None,
        cpu: None,
    }
}

fn points(all: &[(f64, f64)]) -> Vec<LoadPoint> {
    all.iter().map(|&(load, throughput)| point(load, throughput)).collect()
}

/// SPEC SDM 91, from smoeding/usl (BSD-2-Clause).
const SDM: [(f64, f64); 7] = [
    (1.0, 64.9),
    (18.0, 995.9),
    (36.0, 1652.4),
    (72.0, 1853.2),
    (108.0, 1828.9),
    (144.0, 1775.0),
    (216.0, 1702.2),
];

/// Ray tracer, from smoeding/usl (BSD-2-Clause).
const RAYTRACER: [(f64, f64); 11] = [
    (1.0, 20.0),
    (4.0, 78.0),
    (8.0, 130.0),
    (12.0, 170.0),
    (16.0, 190.0),
    (20.0, 200.0),
    (24.0, 210.0),
    (28.0, 230.0),
    (32.0, 260.0),
    (48.0, 280.0),
    (64.0, 310.0),
];

#[test]
fn the_planner_s_counts_and_one_of_them_by_hand() {
    let (headers, cases) = read_cases(GRID).expect("the cases can be read");
    assert_eq!((headers.len(), cases.len()), (15, 10));
    for row in &cases {
        let sized = size_case(&row.case, StaffingMethod::SquareRoot).expect("the case can be sized");
        assert_eq!(sized.count.to_string(), row.cells[14], "{:?}", row.cells);
    }
    let sized = size_case(&cases[0].case, StaffingMethod::SquareRoot).expect("the case can be sized");
    // 0.08 Erlang + 2.375 · √0.08 = 0.75 → 1; ÷ 0.4 → 3; × 2.3 ÷ 3.1 → 3 of 4 cores; network 1 ÷ 0.4 → 3 Mbit/s;
    // at least 2 servers, in 3 zones.
    assert_eq!(
        (sized.cores_square_root, sized.cores, sized.network_mbps, sized.count),
        (1, 3, 3, 3)
    );
    assert_eq!(sized.bottleneck, "least");
}

#[test]
fn a_bare_queue_and_a_latency_objective() {
    let text = "erlangs,p_wait,tier\n48,0.01,0\n5,0.01,0\n";
    let (_, cases) = read_cases(text).expect("the cases can be read");
    let counts: Vec<u64> = cases
        .iter()
        .filter_map(|row| Some(size_case(&row.case, StaffingMethod::ErlangC)?.count))
        .collect();
    assert_eq!(counts, [66, 12]);
    // 100 requests a second of 50 ms: 5 busy. 99 % served within 50 ms: C(8) · e^−3 = .1673 · .0498 = .0083, and with
    // one server less C(7) · e^−2 = .0439.
    let (_, cases) = read_cases("rps_read,ms_read,wait_ms,slo\n100,50,50,0.99\n").expect("the cases can be read");
    let sized = size_case(&cases[0].case, StaffingMethod::ErlangC).expect("the case can be sized");
    assert_eq!(sized.count, 8);
}

#[test]
fn every_wrong_cell_is_named() {
    let problems = read_cases("rps_read,ms_read,tier,failover\n-1,1,0,no\n1,x,5,perhaps\n").unwrap_err();
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(problems[0].starts_with("row 2, rps_read: '-1'"));
    assert!(read_cases("a,b\n1,2\n").unwrap_err()[0].contains("rps_read"));
    assert_eq!(read_load_test("load,tps\n1,x\n0,5\n").unwrap_err().len(), 1);
    assert_eq!(read_load_test("load,tps\n0,5\n").unwrap_err().len(), 1);
    assert_eq!(
        read_load_test("processors,Throughput\n2,5\n1,3\n").unwrap(),
        points(&[(1.0, 3.0), (2.0, 5.0)])
    );
}

#[test]
fn the_law_of_published_tests() {
    let fit = fit_scalability(&points(&SDM)).expect("seven points");
    for (found, due) in [
        (fit.alpha, 0.027728),
        (fit.beta, 0.000_104_37),
        (fit.gamma, 89.995),
        (fit.peak_load.unwrap_or(0.0), 96.5194),
        (fit.optimal_load.unwrap_or(0.0), 36.0641),
        (fit.ceiling.unwrap_or(0.0), 3245.60),
    ] {
        assert!((found / due - 1.0).abs() < 0.001, "{found} instead of {due}");
    }
    assert!(fit.bounds.is_empty() && !fit.few_points);
    let synthetic = [
        (1.0, 1.0),
        (2.0, 1.8868),
        (4.0, 3.0769),
        (6.0, 3.5294),
        (8.0, 3.5398),
        (10.0, 3.3557),
    ];
    let fit = fit_scalability(&points(&synthetic)).expect("six points");
    assert!((fit.alpha - 0.02).abs() < 1e-4 && (fit.beta - 0.02).abs() < 1e-4 && (fit.gamma - 1.0).abs() < 1e-4);
}

#[test]
fn a_boundary_fit_and_too_few_points_are_said() {
    let fit = fit_scalability(&points(&RAYTRACER)).expect("eleven points");
    assert_eq!(
        (fit.bounds.as_slice(), fit.peak_load),
        ([Bound::NoCoherency].as_slice(), None)
    );
    assert!((fit.throughput(64.0) / 310.0 - 1.0).abs() < 0.1);
    assert!(fit_scalability(&points(&SDM[..4])).is_some_and(|fit| fit.few_points));
    assert_eq!(fit_scalability(&points(&SDM[..2])), None);
    assert_eq!(fit_scalability(&points(&[(5.0, 1.0), (5.0, 1.1), (5.0, 0.9)])), None);
}

#[test]
fn the_safe_limit_names_its_reason() {
    let (fit, criteria) = (fit_scalability(&points(&SDM)), LimitCriteria::default());
    let limit = safe_limit(&points(&SDM), fit.as_ref(), &criteria).expect("nothing forbids the first step");
    assert_eq!(
        (limit.load.to_bits(), limit.reason),
        (36.0_f64.to_bits(), LimitReason::Knee)
    );
    let mut slow = points(&SDM);
    for (step, latency) in slow.iter_mut().zip([10.0, 12.0, 40.0, 90.0, 200.0, 300.0, 500.0]) {
        step.latency = Some(latency);
    }
    let strict = LimitCriteria {
        latency: Some(20.0),
        ..criteria
    };
    let limit = safe_limit(&slow, fit.as_ref(), &strict).expect("two steps are quick");
    assert_eq!(
        (limit.load.to_bits(), limit.reason),
        (18.0_f64.to_bits(), LimitReason::Criterion)
    );
    let none = LimitCriteria {
        latency: Some(1.0),
        ..criteria
    };
    assert_eq!(safe_limit(&slow, fit.as_ref(), &none), None);
    let straight = points(&[(1.0, 10.0), (2.0, 20.0), (3.0, 30.0), (4.0, 40.0)]);
    let limit = safe_limit(&straight, None, &criteria).expect("all steps are good");
    assert_eq!(
        (limit.load.to_bits(), limit.reason),
        (4.0_f64.to_bits(), LimitReason::HighestTried)
    );
}
