"""Formats other than JSON over HTTP, with clients that others wrote: zeep for SOAP, requests, httpx."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
import requests
import zeep
from zeep.exceptions import Fault

from tests.core.cli.command import Server, Zc, start

PARTNERS = Path(__file__).resolve().parents[1] / "partners"
SYSTEMS = ("soap_string", "soap_with_picture", "multipart_part", "base64_object", "csv_file")
PLACES = {
    "interface": "interfaces/{}.yaml",
    "reply": "config/replies/{}.yaml",
    "time_call": "config/time_calls/{}.yaml",
}
STATION = "DEMO-430481-01"
WEIGHING = "<ROOT><CheckID>{}</CheckID><CheckTime>20261101083000</CheckTime><LaneNo>02</LaneNo><PlateNo>湘D12345</PlateNo><AxleNum>6</AxleNum><VehicleWeight>{}</VehicleWeight></ROOT>"  # noqa: E501 - one line as devices send it

WEIGHING_CALL = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><SendVehicleWeight/></e:Body></e:Envelope>'
)


@pytest.fixture
def server(zc: Zc) -> Iterator[Server]:
    """A server with the interfaces of several systems."""
    for system in SYSTEMS:
        for file in (PARTNERS / system).glob("*.yaml"):
            if file.stem in PLACES:
                place = zc.home / PLACES[file.stem].format(system)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, place)
    running = start(zc.home)
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0
    if running.process.stdout:
        running.process.stdout.close()


def test_a_soap_client_knows_all_operations_from_the_wsdl(server: Server) -> None:
    with requests.Session() as session:
        client = zeep.Client(f"{server.url}/partners/soap_string?wsdl", transport=zeep.Transport(session=session))
        session.headers["Authorization"] = f"Bearer {server.token()}"
        service = client.service
        told = service.SynTime(DeviceInfo="<ROOT/>")
        here = datetime.now(ZoneInfo("Asia/Shanghai"))
        assert told.startswith(f"<ROOT><CODE>0</CODE><MESSAGE /><CURRENTTIME>{here:%Y}")
        good = service.SendVehicleWeight(VehicleWeightInfo=WEIGHING.format(STATION, "52.4"))
        assert good == "<ROOT><CODE>0</CODE><MESSAGE /></ROOT>"
        assert service.SendVehicleWeight(VehicleWeightInfo=WEIGHING.format(STATION, "52.4")) == good
        bad = service.SendVehicleWeight(VehicleWeightInfo=WEIGHING.format("NOWHERE", "52.4"))
        assert bad.startswith("<ROOT><CODE>1</CODE><MESSAGE>CheckID 的值 NOWHERE 未登记")
        assert service.SendVehicleWeight(VehicleWeightInfo=None).startswith("<ROOT><CODE>1</CODE>")
        picture = WEIGHING.format(STATION, "17.0").replace("0830", "0831")
        with_picture = service.SendVehicleWeightEx(VehicleWeightInfo=picture, PlatePicData=b"\xff\xd8")
        assert with_picture == good
        session.headers.pop("Authorization")
        assert "<CODE>1</CODE><MESSAGE>缺少令牌</MESSAGE>" in service.SendVehicleWeight(VehicleWeightInfo=picture)
        nothing = WEIGHING_CALL.replace("SendVehicleWeight", "Nothing")
        refused = client.transport.post(f"{server.url}/partners/soap_string", nothing.encode(), {"SOAPAction": '""'})
        operation = service._binding.get("SendVehicleWeight")
        with pytest.raises(Fault, match="没有操作 Nothing"):
            service._binding.process_reply(client, operation, refused)
    found = server.zc.json("find", "weighing", "--where", "interface=soap_string")
    assert [(row["gross_kg"], row["overload_kg"]) for row in found] == [(52400, 3400)]


def test_parts_of_a_form_with_photos(server: Server) -> None:
    record = {"busiNum": "G1", "busiTime": 1793493000000, "siteId": STATION, "busiTotalWeight": 26500}
    record |= {"busiAxleWeight1": 6500, "busiAxleWeight2": 20000, "busiAxleDis1": 350}
    files = {
        "highway_detec_result": (None, json.dumps([record]), "application/json"),
        "head_pic": ("车头.jpg", b"\xff\xd8" + bytes(1000), "image/jpeg"),
    }
    headers = {"Authorization": f"Bearer {server.token()}"}
    with requests.post(f"{server.url}/partners/multipart_part", files=files, headers=headers, timeout=30) as reply:
        assert reply.json() == {"success": True, "message": "成功"}
    url = f"{server.url}/partners/multipart_part"
    assert httpx.post(url, files=files, headers=headers).json()["success"] is True
    (found,) = server.zc.json("find", "weighing", "--where", "code=G1")
    assert (found["axle_weights_kg"], found["axle_spacings_mm"]) == ([6500, 20000], [3500])
    cut = httpx.post(url, content=b"--b\r\n", headers={**headers, "Content-Type": "multipart/form-data; boundary=b"})
    assert (cut.status_code, cut.json()["success"]) == (400, False)


def test_gzip_and_its_bomb(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Encoding": "gzip"}
    url = f"{server.url}/partners/csv_file"
    line = f"F1;{STATION};20261101083000;湘D12345;19000;7000,12000\r\n".encode("gbk")
    reply = httpx.post(url, content=gzip.compress(line), headers=headers)
    assert reply.content.decode("gbk") == "0;1;0;成功"
    bomb = httpx.post(url, content=gzip.compress(bytes(64 << 20)), headers=headers)
    assert (bomb.status_code, bomb.content.decode("gbk")) == (413, "1;0;0;报文超过 16 MiB")
    unknown = httpx.post(url, content=b"x", headers={**headers, "Content-Encoding": "br"})
    assert (unknown.status_code, unknown.content.decode("gbk")) == (415, "1;0;0;不支持的压缩方式 br")
    (found,) = server.zc.json("find", "weighing", "--where", "code=F1")
    assert found["plate"] == "湘D12345"


def test_what_may_be_asked_with_get(server: Server) -> None:
    wsdl = httpx.get(f"{server.url}/partners/soap_string")
    assert (wsdl.status_code, wsdl.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert f'location="{server.url}/partners/soap_string"' in wsdl.text
    assert httpx.get(f"{server.url}/partners/csv_file").status_code == 405
    action = {"SOAPAction": '"http://weight.test.invalid/SynTime"', "Content-Encoding": "gzip"}
    assert "CURRENTTIME" in httpx.post(f"{server.url}/partners/soap_string", content=b"", headers=action).text


def test_a_body_can_be_tried_from_the_command_line(server: Server, tmp_path: Path) -> None:
    body, record = tmp_path / "body", '[{"busiNum": "G2", "busiTime": 1793493000000, "siteId": "S1"}]'
    made = requests.Request("POST", "http://test.invalid/", files={"highway_detec_result": (None, record)}).prepare()
    body.write_bytes(made.body)
    said = server.zc("try", "multipart_part", str(body))
    assert "1 records at highway_detec_result" in said
    assert "missing busiTotalWeight" in said
