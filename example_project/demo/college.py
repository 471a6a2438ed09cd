"""Who works at the college, with which words do they wrap up, and what do they answer often?"""

from django.contrib.auth import get_user_model

from contactcenter_chat.actions.center.agents import create_agent
from contactcenter_chat.models import PreparedResponse, Queue, TransactionCode, TransactionCodeList
from contactcenter_chat.models.queues import WrapUpMode

LABEL, NAME = "riverside", "Riverside College"
ADMISSIONS, FINANCE = "Admissions", "Student finance"
# What a visitor of the web site can choose, and which queue that comes to.
CHANNELS = {"Courses and admission": ADMISSIONS, "Fees and finance": FINANCE}

STAFF = (
    ("maria", "Maria", "Torres"),
    ("tom", "Tom", "Whitfield"),
    ("aisha", "Aisha", "Rahman"),
    ("jonas", "Jonas", "Lindqvist"),
)

TOPIC, RESULT = "Topic", "Result"
TOPICS = {
    "Courses": {"EVE": "Evening courses", "FULL": "Full-time courses", "CHG": "Change of course"},
    "Fees": {"INV": "Invoice", "PLAN": "Payment plan", "REF": "Refund"},
    "Services": {"LIB": "Library", "CERT": "Certificates", "ACC": "Account and password"},
}
RESULTS = {"DONE": "Answered", "LINK": "Link sent", "APPT": "Appointment made", "BACK": "We come back to it"}
IN_SPANISH = {
    "Evening courses": "Cursos nocturnos",
    "Invoice": "Factura",
    "Library": "Biblioteca",
    "Certificates": "Certificados",
}

RESPONSES = {
    "Greeting": "Hello, this is Riverside College. How can I help you?",
    "Opening hours": "We are open Monday to Friday from 8 to 18, and on Saturday from 9 to 13.",
    "Enrolment documents": "To enrol we need a copy of your ID and your last school certificate.",
    "Payment plan": "You can pay the fees of a term in three parts; the form is on the finance page.",
    "Goodbye": "Thank you for writing to us. Have a good day!",
}


def open_up(tenant, admissions, password):
    """Give the tenant its second queue, its people and its words; return the queues by name."""
    admissions.name = ADMISSIONS
    admissions.save(update_fields=["name"])
    finance = Queue.objects.create(tenant=tenant, name=FINANCE, wrap_up_mode=WrapUpMode.REQUIRED)
    _hire(tenant, [admissions, finance], password)
    _write_codes(tenant)
    for title, text in RESPONSES.items():
        PreparedResponse.objects.create(tenant=tenant, title=title, text=text)
    return {queue.name: queue for queue in (admissions, finance)}


def _hire(tenant, queues, password):
    users = get_user_model().objects
    for username, first_name, last_name in STAFF:
        user = users.create_user(username, password=password, first_name=first_name, last_name=last_name)
        create_agent(tenant=tenant, user=user, queues=queues)
    if not users.filter(username="admin").exists():
        users.create_superuser("admin", password=password)


def _write_codes(tenant):
    topics = TransactionCodeList.objects.create(tenant=tenant, name=TOPIC, required=True)
    for order, (heading, codes) in enumerate(TOPICS.items()):
        parent = TransactionCode.objects.create(list=topics, short_code=heading.upper(), label=heading, order=order)
        _write_leaves(topics, codes, parent)
    results = TransactionCodeList.objects.create(
        tenant=tenant, name=RESULT, selection=TransactionCodeList.Selection.MULTIPLE, order=1
    )
    _write_leaves(results, RESULTS)


def _write_leaves(code_list, codes, parent=None):
    for order, (short_code, label) in enumerate(codes.items()):
        translations = {"es": IN_SPANISH[label]} if label in IN_SPANISH else {}
        TransactionCode.objects.create(
            list=code_list, parent=parent, short_code=short_code, label=label, order=order, translations=translations
        )
