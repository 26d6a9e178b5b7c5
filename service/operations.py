"""The operations of the domain at their port: what a request gives, as what the pure ones take.

Meaning knows no request and requests know no meaning, so this stands above both.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from service.clinical.derive import Derivation
from service.clinical.operations import (
    course,
    expand,
    explain,
    extract,
    lookup,
    populate,
    validate_code_in_code_system,
    validate_code_in_value_set,
)
from service.clinical.outlines import Look, Outlines
from service.clinical.vocabulary import Vocabulary
from service.fhir.resource import Resource
from service.fhir.scopes import Verb
from service.interactions.ports import OperationInput, PureOperation, Reads
from service.interactions.table import Level

EITHER = (Level.TYPE, Level.INSTANCE)


def operations(
    outlines: Outlines, vocabulary: Vocabulary, clock: Callable[[], datetime]
) -> tuple[PureOperation, ...]:
    """Every operation that the records' meaning adds, one row each."""
    derivation = outlines.derivation
    return (
        PureOperation(
            name=course.NAME,
            definition=course.DEFINITION,
            documentation=course.DOCUMENTATION,
            verbs=(Verb.READ, Verb.SEARCH),
            levels=(Level.INSTANCE,),
            types=("Patient",),
            methods=("GET",),
            reads=Reads.PATIENT,
            needs=course.needed,
            compares=True,
            run=partial(_course, outlines),
        ),
        PureOperation(
            name=explain.NAME,
            definition=explain.DEFINITION,
            documentation=explain.DOCUMENTATION,
            verbs=(Verb.READ, Verb.SEARCH),
            levels=(Level.INSTANCE,),
            types=("Patient",),
            parameters=explain.PARAMETERS,
            reads=Reads.PATIENT,
            run=partial(_explain, derivation),
        ),
        *_terminology(vocabulary, clock),
        PureOperation(
            name=populate.NAME,
            definition=populate.DEFINITION,
            documentation=populate.DOCUMENTATION,
            verbs=(Verb.READ,),
            levels=EITHER,
            types=("Questionnaire",),
            parameters=populate.PARAMETERS,
            names=partial(populate.names, known=derivation.catalogue),
            run=partial(_populate, derivation),
        ),
        PureOperation(
            name=extract.NAME,
            definition=extract.DEFINITION,
            documentation=extract.DOCUMENTATION,
            verbs=(Verb.READ,),
            levels=EITHER,
            types=("QuestionnaireResponse",),
            parameters=extract.PARAMETERS,
            run=partial(_extract, derivation),
        ),
    )


def _terminology(
    vocabulary: Vocabulary, clock: Callable[[], datetime]
) -> tuple[PureOperation, ...]:
    return (
        PureOperation(
            name=expand.NAME,
            definition=expand.DEFINITION,
            documentation=expand.DOCUMENTATION,
            verbs=(Verb.READ,),
            levels=EITHER,
            types=("ValueSet",),
            parameters=expand.PARAMETERS,
            run=partial(_expand, vocabulary, clock),
        ),
        PureOperation(
            name=lookup.NAME,
            definition=lookup.DEFINITION,
            documentation=lookup.DOCUMENTATION,
            verbs=(Verb.READ,),
            levels=(Level.TYPE,),
            types=("CodeSystem",),
            parameters=lookup.PARAMETERS,
            run=lambda given: lookup.lookup(given.parameters, vocabulary=vocabulary),
        ),
        PureOperation(
            name=validate_code_in_code_system.NAME,
            definition=validate_code_in_code_system.DEFINITION,
            documentation=validate_code_in_code_system.DOCUMENTATION,
            verbs=(Verb.READ,),
            levels=EITHER,
            types=("CodeSystem",),
            parameters=validate_code_in_code_system.PARAMETERS,
            run=lambda given: validate_code_in_code_system.validate_code(
                given.parameters, instance=given.instance, vocabulary=vocabulary
            ),
        ),
        PureOperation(
            name=validate_code_in_value_set.NAME,
            definition=validate_code_in_value_set.DEFINITION,
            documentation=validate_code_in_value_set.DOCUMENTATION,
            verbs=(Verb.READ,),
            levels=EITHER,
            types=("ValueSet",),
            parameters=validate_code_in_value_set.PARAMETERS,
            run=lambda given: validate_code_in_value_set.validate_code(
                given.parameters, instance=given.instance, vocabulary=vocabulary
            ),
        ),
    )


def _course(outlines: Outlines, given: OperationInput) -> bytes:
    assert given.patient is not None
    return course.course_bundle(
        outlines,
        Look(tenant=given.tenant, patient=given.patient, records=given.records),
        bodies=given.bodies,
        digests=given.digests,
        base_url=given.base_url,
        seen=given.seen,
    )


def _explain(derivation: Derivation, given: OperationInput) -> Resource:
    assert given.patient is not None
    return explain.explain(
        given.parameters,
        derivation=derivation.of(given.tenant),
        patient=given.patient,
        records=given.records,
        base_url=given.base_url,
        seen=given.seen,
    )


def _expand(
    vocabulary: Vocabulary, clock: Callable[[], datetime], given: OperationInput
) -> Resource:
    return expand.expand(
        given.parameters, instance=given.instance, vocabulary=vocabulary, now=clock()
    )


def _populate(derivation: Derivation, given: OperationInput) -> Resource:
    return populate.populate(
        given.parameters,
        instance=given.instance,
        resources=given.resources,
        known=derivation.catalogue,
        base_url=given.base_url,
    )


def _extract(derivation: Derivation, given: OperationInput) -> Resource:
    return extract.extract(
        given.parameters,
        instance=given.instance,
        derivation=derivation.of(given.tenant),
        base_url=given.base_url,
    )
