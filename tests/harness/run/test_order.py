from pathlib import Path

from harness.run.order import Order

PATHS = (Path("a.yaml"),)


def test_an_order_is_said_to_pytest() -> None:
    """What was not told is not said."""
    assert Order(PATHS).arguments() == ["./a.yaml"]
    whole = Order(
        PATHS, expression="a or b", lab=Path("l.yaml"), engine="pjsua2", junit=Path("j.xml"), pcap=Path("c"), seed="7"
    )
    assert whole.arguments() == [
        "./a.yaml",
        "--junitxml=j.xml",
        "--val-pcap=c",
        "--val-lab=l.yaml",
        "--val-engine=pjsua2",
        "--val-seed=7",
        "-ojunit_suite_name=val",
        "-ojunit_logging=system-out",
        "-ka or b",
    ]


def test_a_report_has_junit_and_captures_in_its_folder() -> None:
    """Unless they go elsewhere."""
    report = Order(PATHS, report=Path("r")).arguments()
    assert {"--junitxml=r/junit.xml", "--val-pcap=r/captures"} <= set(report)
    elsewhere = Order(PATHS, report=Path("r"), junit=Path("j.xml"), pcap=Path("c")).arguments()
    assert {"--junitxml=j.xml", "--val-pcap=c"} <= set(elsewhere)


def test_a_report_tells_what_was_chosen() -> None:
    """Only what was."""
    assert Order(PATHS).told() == {"paths": "a.yaml"}
    assert Order(PATHS, words="expired", engine="pjsua2").told() == {
        "paths": "a.yaml",
        "engine": "pjsua2",
        "only": "expired",
    }
    assert Order((*PATHS, Path("b")), seed="7").told() == {"paths": "a.yaml b", "seed": "7"}
