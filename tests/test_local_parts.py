"""What `make run` starts on top of the services, and what it leaves out where real providers are set."""

from ussd_app.local.parts import parts
from ussd_app.local.services import Services
from ussd_app.settings import Settings

FOUND = Services("postgresql://bam@/postgres?host=/s", "unix:///s/redis.sock", "")
KEPT = ["web", "sms-code", "sms-bulk", "cash-out", "redeem", "clock"]


def test_a_simulated_stack_has_demo_people_and_its_own_networks():
    made = parts(Settings(port=8123), FOUND)
    assert [step.spec.name for step in made.steps] == ["db-upgrade", "demo-load", "networks", *KEPT]
    assert [step.spec.name for step in made.steps if step.once] == ["db-upgrade", "demo-load"]


def test_everybody_is_told_the_same_addresses():
    made = parts(Settings(port=8123), FOUND)
    assert made.networks_url.startswith("http://127.0.0.1:")
    for step in made.steps:
        told = step.spec.environment
        assert (told["DATABASE_URL"], told["REDIS_URL"]) == (FOUND.database_url, FOUND.redis_url)
        assert (told["NETWORKS_URL"], told["PORT"]) == (made.networks_url, "8123")


def test_real_providers_get_neither_demo_people_nor_simulated_networks():
    made = parts(Settings(at_username="province", at_api_key="given"), FOUND)
    assert [step.spec.name for step in made.steps] == ["db-upgrade", *KEPT]
    assert made.networks_url == ""


def test_workers_stop_before_the_web_and_the_web_before_the_networks():
    stage = {step.spec.name: step.spec.stage for step in parts(Settings(), FOUND).steps}
    assert stage["sms-code"] == stage["clock"] > stage["web"] > stage["networks"]
