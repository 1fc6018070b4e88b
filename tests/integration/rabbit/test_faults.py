"""Servers come and go, processes are stopped: what was committed is told in the end, and nothing is half done."""

import signal
import threading
import urllib.error
import urllib.request

from deploy.local.servers import PrivateServers
from shared.runtime.delivery import BACKOFF
from tests.integration.rabbit.company import Company, call, eventually, free_port, sacks


def unsent(company: Company) -> int:
    return company.count("mill", "outbox WHERE NOT sent")


def test_what_is_committed_while_the_broker_is_away_is_told_when_it_is_back(
    own_company: Company, own_servers: PrivateServers
):
    port = own_company.open()
    slow = threading.Thread(target=port.call, args=("mill", call("grind", sacks=5, seconds=3)))
    slow.start()
    eventually(lambda: own_company.rows("mill", "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"))
    own_servers.kill_broker()
    eventually(lambda: unsent(own_company) == 5)
    own_servers.restart_broker()
    eventually(lambda: own_company.count("bakery", "bread") == 5, 60)
    eventually(lambda: unsent(own_company) == 0)
    slow.join()


def test_events_wait_while_the_database_is_away_and_cost_no_tries(company: Company, servers: PrivateServers):
    port = company.open()
    sacks(port.call("mill", call("grind", kind="slow", sacks=200)))
    eventually(lambda: company.count("bakery", "bread") > 0)
    servers.kill_database()
    eventually(lambda: "batch failed" in company.log("bakery") or "housekeeping put off" in company.log("bakery"))
    servers.restart_database()
    eventually(lambda: company.count("bakery", "bread") == 200)
    assert company.count("bakery", "dead_letters") == 0


FULL = """
CREATE TABLE full_disk (full_ boolean);
INSERT INTO full_disk VALUES (true);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM full_disk) THEN
        RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refused BEFORE INSERT ON bread FOR EACH ROW EXECUTE FUNCTION refuse();
"""


def test_events_wait_while_the_disk_is_full_and_cost_no_tries(company: Company):
    company.rows("bakery", FULL)
    port = company.open()
    sacks(port.call("mill", call("grind")))
    # Each try is told once or twice: these are more than an event has.
    eventually(lambda: company.log("bakery").count("no space left") > 2 * len(BACKOFF) + 2)
    company.rows("bakery", "DELETE FROM full_disk")
    eventually(lambda: company.count("bakery", "bread") == 1)
    assert company.count("bakery", "dead_letters") == 0


def test_an_event_no_queue_is_bound_for_is_noticed_kept_and_told_later(company: Company):
    for queue, key in (("mill.stream", "#"), ("bakery.on.mill.flour_ground", "flour_ground.v1")):
        company.bind(queue, key, bound=False)
    port = company.open()
    sacks(port.call("mill", call("grind", sacks=3)))
    eventually(lambda: "the broker does not take an event" in company.log("mill"))
    assert unsent(company) == 3
    assert port.call("mill", call("build_oven", code="STONE")).body is not None
    eventually(lambda: company.count("bakery", "ovens") == 1)
    company.bind("bakery.on.mill.flour_ground", "flour_ground.v1", bound=True)
    eventually(lambda: company.count("bakery", "bread") == 3)
    eventually(lambda: unsent(company) == 0)


def test_a_process_told_to_stop_finishes_what_it_is_doing(company: Company):
    mill = company.start("mill")
    company.start("bakery")
    port = company.port()
    eventually(lambda: set(port.readiness().values()) == {"ready"})
    answers = []
    asked = call("grind", seconds=2, sacks=3)
    slow = threading.Thread(target=lambda: answers.append(port.call("mill", asked)))
    slow.start()
    eventually(lambda: company.rows("mill", "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"))
    mill.send_signal(signal.SIGTERM)
    slow.join()
    assert mill.wait(timeout=15) == 0
    assert len(sacks(answers[0])) == 3
    assert unsent(company) == 0
    eventually(lambda: company.count("bakery", "bread") == 3)


def test_a_process_without_broker_or_database_ends_with_an_error(company: Company):
    nowhere = f"amqp://a:b@127.0.0.1:{free_port()}/none"
    assert company.start("mill", HUOTONG_BROKER_URL=nowhere, HUOTONG_START_SECONDS="1").wait(timeout=30) == 1
    assert "never became ready" in company.log("mill")
    company.rows("bakery", "DROP TABLE outbox")
    assert company.start("bakery", HUOTONG_START_SECONDS="1").wait(timeout=30) == 1


def test_a_process_says_whether_it_is_ready_and_how_it_does(own_company: Company, own_servers: PrivateServers):
    port = free_port()
    own_company.start("mill", HUOTONG_METRICS_PORT=str(port))

    def status(path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def measures() -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            read: bytes = answer.read()
            return read

    eventually(lambda: status("/readyz") == 200)
    eventually(lambda: b'huotong_outbox_unsent{service="mill"} 0.0' in measures())
    eventually(lambda: b'huotong_queue_depth{queue="rpc-mill"} 0.0' in measures())
    own_servers.kill_broker()
    eventually(lambda: status("/readyz") == 503)
    assert status("/livez") == 200
    own_servers.restart_broker()
    eventually(lambda: status("/readyz") == 200)
