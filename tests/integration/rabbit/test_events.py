"""Commands lead to events and events to effects, each once, whatever the broker and the handlers do."""

import json
import signal
from pathlib import Path
from uuid import uuid4

from tests.integration.rabbit.company import Company, call, eventually, sacks


def test_a_command_leads_to_its_effect_in_the_other_service(company: Company):
    port = company.open()
    (sack,) = sacks(port.call("mill", call("grind")))
    eventually(lambda: company.rows("bakery", "SELECT sack_id::text FROM bread") == [(sack,)])
    eventually(lambda: company.count("mill", "outbox WHERE NOT sent") == 0)
    assert company.count("bakery", "inbox") == 1


def test_a_message_delivered_again_has_no_second_effect(company: Company):
    port = company.open()
    sacks(port.call("mill", call("grind")))
    eventually(lambda: company.count("bakery", "bread") == 1)
    ((envelope,),) = company.rows("mill", "SELECT envelope FROM outbox")
    for _ in range(5):
        company.publish(envelope.encode(), "flour_ground.v1")
    sacks(port.call("mill", call("grind")))
    eventually(lambda: company.count("bakery", "bread") == 2)
    eventually(lambda: company.depth("bakery.on.mill.flour_ground") == 0)
    assert company.count("bakery", "inbox") == 2


def test_facts_are_told_again_when_asked_for(company: Company):
    port = company.open()
    sacks(port.call("mill", call("grind", sacks=3)))
    eventually(lambda: company.count("bakery", "bread") == 3)
    eventually(lambda: company.count("mill", "outbox WHERE NOT sent") == 0)
    company.rows("bakery", "DELETE FROM bread")
    company.rows("bakery", "DELETE FROM inbox WHERE fact = (SELECT min(fact::text)::uuid FROM inbox)")
    assert port.call("mill", call("resend_facts")).body == {"facts": 3}
    eventually(lambda: company.count("bakery", "inbox") == 3)
    eventually(lambda: company.count("mill", "outbox WHERE NOT sent") == 0)
    eventually(lambda: company.depth("bakery.on.mill.flour_ground") == 0)
    assert company.count("bakery", "bread") == 1


def test_what_comes_too_early_waits_for_what_it_needs(company: Company):
    port = company.open()
    sacks(port.call("mill", call("grind", kind="early", sacks=3)))
    eventually(lambda: company.count("bakery", "parked") == 3)
    assert company.count("bakery", "bread") == 0
    assert port.call("mill", call("build_oven", code="STONE")).body is not None
    eventually(lambda: company.count("bakery", "bread") == 3)
    assert company.count("bakery", "parked") == 0


BUILT_MEANWHILE = """
CREATE FUNCTION build() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ovens (company, id) VALUES (NEW.company, NEW.awaits) ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;
CREATE TRIGGER built_meanwhile AFTER INSERT ON parked FOR EACH ROW EXECUTE FUNCTION build();
"""


def test_what_it_waits_for_may_come_while_it_is_being_parked(company: Company):
    company.rows("bakery", BUILT_MEANWHILE)
    company.start("mill")
    company.start("bakery", TOY_SWEEP_SECONDS="3600")
    port = company.port()
    eventually(lambda: set(port.readiness().values()) == {"ready"})
    sacks(port.call("mill", call("grind", kind="early", sacks=3)))
    eventually(lambda: company.count("bakery", "bread") == 3)
    assert company.count("bakery", "parked") == 0


def test_a_passing_fault_is_tried_again_after_a_wait(company: Company):
    port = company.open()
    sacks(port.call("mill", call("grind", kind="flaky", sacks=3)))
    eventually(lambda: company.count("bakery", "bread") == 3)
    assert company.count("bakery", "dead_letters") == 0
    assert "passing fault" in company.log("bakery")


def test_poison_dies_with_its_reason_and_blocks_no_one(company: Company):
    port = company.open()
    sacks(port.call("mill", call("grind", kind="poison", sacks=2)))
    sacks(port.call("mill", call("grind", sacks=2)))
    eventually(lambda: company.count("bakery", "bread") == 2)
    eventually(lambda: company.count("bakery", "dead_letters") == 2)
    assert {row[0] for row in company.rows("bakery", "SELECT error FROM dead_letters")} == {"ValueError: bad flour"}


def test_what_is_no_event_of_ours_dies_with_its_reason(company: Company):
    port = company.open()
    sacks(port.call("mill", call("grind")))
    ((envelope,),) = eventually(lambda: company.rows("mill", "SELECT envelope FROM outbox"))
    eventually(lambda: company.count("bakery", "bread") == 1)
    unknown = {**json.loads(envelope), "type": "huotong.mill.flour_ground.v7", "factid": str(uuid4())}
    odd = {**json.loads(envelope), "id": "no uuid", "factid": "x" * 500, "company": "y" * 500}
    for body in (b"{", b"\xff\xfe\x00", b'"a\\u0000b"', json.dumps(unknown).encode(), json.dumps(odd).encode()):
        company.publish(body, "flour_ground.v1")
    sacks(port.call("mill", call("grind")))
    eventually(lambda: company.count("bakery", "bread") == 2)
    eventually(lambda: company.count("bakery", "dead_letters") == 5)
    errors = [row[0] for row in company.rows("bakery", "SELECT error FROM dead_letters")]
    assert sum("does not know huotong.mill.flour_ground.v7" in error for error in errors) == 1
    assert sum("not a CloudEvent of Huotong" in error for error in errors) == 4


def test_a_process_killed_between_commit_and_acknowledgement_leaves_one_effect(company: Company, tmp_path: Path):
    flag = tmp_path / "die"
    flag.touch()
    company.start("mill")
    doomed = company.start("bakery", flag=flag)
    port = company.port()
    eventually(lambda: set(port.readiness().values()) == {"ready"})
    sacks(port.call("mill", call("grind")))
    assert doomed.wait(timeout=30) == -signal.SIGKILL
    assert company.count("bakery", "bread") == 1
    company.start("bakery")
    eventually(lambda: port.readiness()["bakery"] == "ready")
    sacks(port.call("mill", call("grind")))
    eventually(lambda: company.count("bakery", "bread") == 2)
    eventually(lambda: company.depth("bakery.on.mill.flour_ground") == 0)
    assert company.count("bakery", "inbox") == 2


def test_two_processes_share_the_work(company: Company):
    port = company.open()
    company.start("bakery")
    for _ in range(40):
        sacks(port.call("mill", call("grind", kind="slow", sacks=50)))
        if company.rows("bakery", "SELECT count(DISTINCT baker) FROM bread") == [(2,)]:
            break
    eventually(lambda: company.count("bakery", "bread") == company.count("mill", "sacks"))
    assert company.rows("bakery", "SELECT count(DISTINCT baker) FROM bread") == [(2,)]


def test_what_the_broker_gives_up_becomes_a_dead_letter(company: Company):
    company.publish(b"{}", "", exchange="bakery.dead")
    company.start("bakery")
    eventually(lambda: company.count("bakery", "dead_letters") == 1)
    ((error,),) = company.rows("bakery", "SELECT error FROM dead_letters")
    assert error.startswith("GivenUp: the broker gave it up")
