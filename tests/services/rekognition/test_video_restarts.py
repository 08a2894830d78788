"""A job over a film whose server is killed goes on with the next one, which tells of its end."""

from pathlib import Path

from outcrop import LocalServer
from tests.films import film
from tests.own_clients import client_of
from tests.photographs import photograph
from tests.services.rekognition.video_jobs import ended
from tests.services.textract.test_restarts import webhook
from tests.vision_weights import vision_weights

TOPIC = "arn:aws:sns:us-east-1:123456789012:films"
CHANNEL = {"SNSTopicArn": TOPIC, "RoleArn": "arn:aws:iam::123456789012:role/films"}


def test_jobs_over_films_outlive_the_server(tmp_path: Path):
    vision_weights()
    video = {"S3Object": {"Bucket": "films", "Name": "film.mp4"}}
    portrait = {"Bytes": photograph("astronaut.png")}
    with webhook() as (url, arrived):
        settings = {"OUTCROP_EVENTS_WEBHOOK_URL": url}
        first = LocalServer(tmp_path, settings=settings)
        with first.running():
            client_of(first, "s3").create_bucket(Bucket="films")
            content = film(photograph("chelsea.png"), photograph("astronaut.png"))
            client_of(first, "s3").put_object(Bucket="films", Key="film.mp4", Body=content)
            before = client_of(first, "rekognition")
            before.create_collection(CollectionId="people")
            before.index_faces(CollectionId="people", Image=portrait)
            search = before.start_face_search(Video=video, CollectionId="people")["JobId"]
            cuts = before.start_segment_detection(Video=video, SegmentTypes=["SHOT"])["JobId"]
            labels = before.start_label_detection(
                Video=video, JobTag="tag", NotificationChannel=CHANNEL
            )["JobId"]
            first.kill()

        with LocalServer(tmp_path, settings=settings).running() as second:
            after = client_of(second, "rekognition")
            found = ended(after.get_face_search, search)
            shots = ended(after.get_segment_detection, cuts)
            told = ended(after.get_label_detection, labels)
            destination, news = arrived.get(timeout=120)

    matches = [each["Timestamp"] for each in found["Persons"] if "FaceMatches" in each]
    assert matches == [1000, 1500]
    assert [each["StartFrameNumber"] for each in shots["Segments"]] == [0, 10]
    cats = [each["Timestamp"] for each in told["Labels"] if each["Label"]["Name"] == "Cat"]
    assert cats == [0, 500]
    assert news.pop("Timestamp") > 1_700_000_000_000
    assert (destination, news) == (
        TOPIC,
        {
            "JobId": labels,
            "Status": "SUCCEEDED",
            "API": "StartLabelDetection",
            "JobTag": "tag",
            "Video": {"S3ObjectName": "film.mp4", "S3Bucket": "films"},
        },
    )
