mod support;
#[test]
fn charts() {
    use headroom_models::language::Language;
    use headroom_reports::*;
    let report = support::report();
    for language in Language::ALL {
        let figures = Figures::new(Words::of(language), &report.currency, report.headline.year_budget);
        let links = charts::Links::default();
        println!("{}", charts::s_curve(&report, &figures, &links).unwrap().svg.len());
        charts::heat_map(&report, &figures, &links).unwrap();
        charts::stacked(&report, &figures, &links).unwrap();
        charts::waterfall(&report.variance, &figures, None).unwrap();
    }
}
