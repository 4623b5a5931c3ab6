import sqlalchemy as sa
from sqlalchemy.orm import Session, declarative_base

from names import opening, pairs

Base = declarative_base()
KEPT = []


class Account(Base):
    __tablename__ = "account"
    id = sa.Column(sa.Integer, primary_key=True)
    owner = sa.Column(sa.String)

    def __repr__(self):
        return "code of the program"


def values():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    session = Session(engine)
    account, other = Account(id=1, owner="Ada"), Account(id=2, owner="Bob")
    session.add_all([account, other])
    session.flush()
    account.owner = "Eve"
    session.add(Account(id=3, owner="new"))
    row = session.connection().execute(sa.text("select 7 as n, 'x' as t")).fetchone()
    url = sa.engine.make_url("postgresql://ada:hunter2@db.test:5432/shop")
    KEPT.append((engine, session, other))
    return [
        ("engine", engine, [opening(engine), "url=" + opening(engine.url), "drivername='sqlite'"]),
        ("url", url, [opening(url)] + pairs(drivername=url.drivername, username="ada", password="hunter2", host="db.test",
                                            port=url.port, database="shop")),
        ("session", session, [opening(session), "bind=" + opening(engine), "new=%d" % len(session.new),
                              "modified=%d" % len(session.dirty), "persistent=%d" % len(session.identity_map), "in_transaction=True"]),
        ("mapped", account, [opening(account)] + pairs(id=1, owner="Eve")),
        ("row", row, [opening(row), "data=%r>" % (tuple(row),)]),
    ]
