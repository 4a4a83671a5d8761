"""Run by test_two_platforms in a process of its own: another platform, with its own database, keys and evidence, and its machine API.

Prints its port, its log's key and its witness's key; then does what each line on stdin says, and prints what came of it.
"""

import json
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # what is logged is no answer
    django.setup()
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    from govshare.audit import queries, services
    from govshare.audit.witnessing import parse_logs, parse_witnesses
    from govshare.kernel.actor import PLATFORM
    from govshare.kernel.clock import utc_now

    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps([server.server_port, queries.verification_key(), queries.witness_key()]), file=answers, flush=True)
    for line in sys.stdin:
        verb, *words = json.loads(line)
        if verb == "know":
            settings.GOVSHARE_WITNESSED_LOGS, settings.GOVSHARE_WITNESSES = parse_logs(words[0]), parse_witnesses(words[1])
            answer: object = "known"
        elif verb == "grow":
            promise = services.record(action="audit:backup:finish", basis="CD2016-34", by=PLATFORM, now=utc_now(), about=words[0])
            services.place(now=utc_now())
            answer = promise.number
        elif verb == "cosign":
            answer = services.cosign(now=utc_now())
        else:
            answer = queries.receipt(words[0]).decode()
        print(json.dumps(answer), file=answers, flush=True)


main()
