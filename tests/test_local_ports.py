"""A taken port is told from a free one before anything is started."""

import socket

import pytest

from ussd_app.local.ports import answers, free_port, must_be_free
from ussd_app.local.troubles import CannotStart


def test_a_port_somebody_listens_on_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert answers(port)
        with pytest.raises(CannotStart, match=f"Port {port} is taken; try PORT={port + 1} make run"):
            must_be_free(port)


def test_a_port_bound_but_not_listening_is_taken_too():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        with pytest.raises(CannotStart, match="taken"):
            must_be_free(holder.getsockname()[1])


def test_a_free_port_is_free():
    port = free_port()
    must_be_free(port)
    assert not answers(port)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_number_that_is_no_port_is_refused(port: int):
    with pytest.raises(CannotStart, match="between 1 and 65535"):
        must_be_free(port)
